// What widgets look like; pages set the custom properties `--sym-…`.

export const SHARED = `
:host {
  --accent: var(--sym-accent, #3446c8);
  --on-accent: var(--sym-on-accent, #fff);
  --background: var(--sym-background, #fff);
  --surface: var(--sym-surface, #f1f3f8);
  --text: var(--sym-text, #1b2030);
  --muted: var(--sym-muted, #5b6375);
  --border: var(--sym-border, #d5d9e4);
  --edge: var(--sym-edge, #7f869a);
  --good: var(--sym-good, #1c7a45);
  --bad: var(--sym-bad, #b3261e);
  --radius: var(--sym-radius, 12px);
  --small: calc(var(--radius) * 0.6);
  display: block;
  color: var(--text);
  font: var(--sym-font, 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif);
  text-align: start;
}
:host([hidden]), [hidden] { display: none !important; }
:host([theme="dark"]) {
  --accent: var(--sym-accent, #8ea2ff);
  --on-accent: var(--sym-on-accent, #10142a);
  --background: var(--sym-background, #171a24);
  --surface: var(--sym-surface, #232838);
  --text: var(--sym-text, #e8ebf4);
  --muted: var(--sym-muted, #a3abc0);
  --border: var(--sym-border, #363d52);
  --edge: var(--sym-edge, #737d98);
  --good: var(--sym-good, #6fd39b);
  --bad: var(--sym-bad, #ff9a92);
}
@media (prefers-color-scheme: dark) {
  :host([theme="auto"]) {
    --accent: var(--sym-accent, #8ea2ff);
    --on-accent: var(--sym-on-accent, #10142a);
    --background: var(--sym-background, #171a24);
    --surface: var(--sym-surface, #232838);
    --text: var(--sym-text, #e8ebf4);
    --muted: var(--sym-muted, #a3abc0);
    --border: var(--sym-border, #363d52);
    --edge: var(--sym-edge, #737d98);
    --good: var(--sym-good, #6fd39b);
    --bad: var(--sym-bad, #ff9a92);
  }
}
*, *::before, *::after { box-sizing: border-box; }
h2, h3, p, ul, ol, fieldset, legend { margin: 0; padding: 0; border: 0; }
ul, ol { list-style: none; }
h2 { font-size: 1.07em; font-weight: 650; line-height: 1.3; }
h3 { font-size: 1em; font-weight: 600; }
button, input, textarea, select { font: inherit; color: inherit; }
button {
  min-height: 2.5em; padding: 0 1.1em; border: 1px solid var(--border); cursor: pointer;
  border-radius: var(--small); background: var(--background); font-weight: 550;
}
button:hover:not(:disabled) { border-color: var(--accent); }
button:disabled { opacity: 0.55; cursor: default; }
button.main { border-color: var(--accent); background: var(--accent); color: var(--on-accent); }
button.main:hover:not(:disabled) { filter: brightness(1.08); }
:focus { outline: none; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
svg { width: 1.25em; height: 1.25em; fill: currentColor; flex: none; }
.card {
  padding: 1.25em; border: 1px solid var(--border); border-radius: var(--radius);
  background: var(--background); overflow-wrap: anywhere;
}
.muted { color: var(--muted); }
.bad { color: var(--bad); }
.good { color: var(--good); }
.hidden {
  position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
  white-space: nowrap;
}
.note { font-size: 0.92em; }
.note:empty { display: none; }
@media (prefers-reduced-motion: reduce) { * { animation: none !important; transition: none !important; } }
@media (forced-colors: active) { button.main { border: 2px solid; } .bubble { border: 1px solid; } }
`;
