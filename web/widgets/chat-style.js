// What the chat looks like.

export const CHAT = `
.chat {
  display: flex; flex-direction: column; height: var(--sym-height, 32em); max-height: 100%;
  padding: 0; overflow: hidden;
}
header {
  display: flex; align-items: center; gap: 0.75em; padding: 0.8em 1em;
  background: var(--accent); color: var(--on-accent);
}
header h2 { flex: 1; }
header button {
  min-height: 0; padding: 0.35em; border: 0; background: transparent; color: inherit;
  display: flex;
}
header button:focus-visible { outline-color: currentColor; }
.notice { padding: 0.6em 1em; background: var(--surface); font-size: 0.92em; }
.log { flex: 1; overflow-y: auto; padding: 1em; display: flex; flex-direction: column; gap: 0.25em; overscroll-behavior: contain; }
.log ol { display: flex; flex-direction: column; gap: 0.25em; margin-top: auto; }
.empty { margin: auto; text-align: center; max-width: 22em; }
li { display: flex; flex-direction: column; align-items: flex-start; max-width: 85%; }
li.in { align-self: flex-end; align-items: flex-end; }
li.first { margin-top: 0.6em; }
.bubble {
  padding: 0.5em 0.85em; border-radius: var(--radius); background: var(--surface);
  white-space: pre-wrap; overflow-wrap: anywhere; border-end-start-radius: 4px;
}
.in .bubble {
  background: var(--accent); color: var(--on-accent);
  border-end-start-radius: var(--radius); border-end-end-radius: 4px;
}
.unsent .bubble { background: var(--surface); color: var(--text); outline: 1px dashed var(--edge); outline-offset: -1px; }
.meta { font-size: 0.8em; color: var(--muted); padding: 0.1em 0.3em; }
.meta button { min-height: 0; padding: 0; border: 0; background: none; text-decoration: underline; }
.day { align-self: center; max-width: none; margin: 0.9em 0 0.2em; }
.choices { display: flex; flex-wrap: wrap; gap: 0.5em; padding: 0.3em 1em 0.6em; }
.choices button { border-radius: 2em; border-color: var(--accent); min-height: 2.3em; }
.answering { padding: 0 1.3em 0.5em; font-size: 0.9em; display: flex; align-items: center; gap: 0.5em; }
.answering i { width: 0.45em; height: 0.45em; border-radius: 50%; background: currentColor; animation: beat 1.2s infinite; }
.answering i:nth-child(2) { animation-delay: 0.15s; }
.answering i:nth-child(3) { animation-delay: 0.3s; margin-inline-end: 0.3em; }
@keyframes beat { 0%, 60%, 100% { opacity: 0.25; } 30% { opacity: 1; } }
.state { padding: 0 1.2em 0.4em; font-size: 0.88em; }
.state:empty { display: none; }
form { display: flex; align-items: flex-end; gap: 0.6em; padding: 0.75em; border-top: 1px solid var(--border); }
textarea {
  flex: 1; min-width: 0; resize: none; max-height: 8em; padding: 0.5em 0.8em; border: 1px solid var(--edge);
  border-radius: var(--small); background: var(--background); field-sizing: content;
}
textarea::placeholder { color: var(--muted); opacity: 1; }
form button { display: flex; align-items: center; padding: 0 0.75em; min-height: 2.6em; }
:host([floating]) { position: fixed; inset-block-end: 1.25em; inset-inline-end: 1.25em; z-index: 2147483000; }
:host([floating]) .chat {
  width: min(24em, calc(100vw - 2.5em)); height: min(var(--sym-height, 36em), calc(100vh - 2.5em));
  box-shadow: 0 12px 40px rgb(10 15 40 / 0.25);
}
.launch {
  position: relative; width: 3.6em; height: 3.6em; padding: 0; border-radius: 50%; display: grid; place-items: center;
  box-shadow: 0 6px 20px rgb(10 15 40 / 0.3);
}
.launch svg { width: 1.6em; height: 1.6em; }
.badge {
  position: absolute; inset-block-start: -0.2em; inset-inline-end: -0.2em; min-width: 1.6em; padding: 0 0.4em;
  border-radius: 1em; background: var(--bad); color: var(--background); font-size: 0.85em; line-height: 1.6;
}
`;
