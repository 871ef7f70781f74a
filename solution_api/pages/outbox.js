// Keeps the outbox up to date, and does what its buttons say without leaving the page. Everything
// works without it too: buttons are forms, and a page shows what is there when it is loaded.
"use strict";

(() => {
  const EVERY = 1500;
  let paused = false;
  let busy = false;
  let latest = new Map();

  const parts = (root) => [...root.querySelectorAll("[data-part]")];
  const markup = (part) => part.innerHTML.replace(/\s+/g, " ");
  for (const part of parts(document)) latest.set(part.id, markup(part));

  const atEnd = (list) => list.scrollHeight - list.scrollTop - list.clientHeight < 48;
  const toEnd = (root) => {
    for (const list of root.querySelectorAll("[data-bottom]")) list.scrollTop = list.scrollHeight;
  };

  const writing = (part) =>
    [...part.querySelectorAll("input:not([type=hidden]), textarea")].some((one) => one.value !== one.defaultValue);

  // Where the focus is, in words that the next version of the page understands.
  const focused = (part) => {
    const one = document.activeElement;
    if (!one || !part.contains(one)) return null;
    const by = one.id ? `#${CSS.escape(one.id)}` : one.name ? `[name="${CSS.escape(one.name)}"]` : null;
    return by && (one.value && one.tagName === "BUTTON" ? `${by}[value="${CSS.escape(one.value)}"]` : by);
  };

  const swap = (text, forced) => {
    const page = new DOMParser().parseFromString(text, "text/html");
    for (const part of parts(document)) {
      const next = page.getElementById(part.id);
      if (!next) continue;
      const now = markup(next);
      if (now === latest.get(part.id)) continue;
      if (!forced && writing(part)) continue;
      const focus = focused(part);
      const list = part.querySelector("[data-bottom]");
      const follow = forced || !list || atEnd(list);
      const open = [...part.querySelectorAll("details")].map((one) => one.open);
      latest.set(part.id, now);
      part.replaceChildren(...next.childNodes);
      part.querySelectorAll("details").forEach((one, n) => { one.open = open[n] ?? false; });
      if (follow) toEnd(part);
      const again = focus && part.querySelector(focus);
      if (again) again.focus({ preventScroll: true });
    }
  };

  const refresh = async () => {
    if (paused || busy || document.hidden) return;
    try {
      const answer = await fetch(location.href, { credentials: "same-origin" });
      if (answer.ok && !busy) swap(await answer.text(), false);
    } catch { /* The platform is away for a moment; the next look may find it. */ }
  };

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.matches("[data-act]")) return;
    event.preventDefault();
    if (busy) return;
    const data = new FormData(form, event.submitter);
    busy = true;
    form.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(data), credentials: "same-origin" });
      form.reset();
      const text = await answer.text();
      const wrong = new DOMParser().parseFromString(text, "text/html").querySelector(".wrong");
      document.querySelector("main > .wrong")?.remove();
      if (wrong) document.querySelector("main .split").before(wrong);
      swap(text, true);
    } catch { form.submit(); } finally {
      busy = false;
      form.removeAttribute("aria-busy");
    }
  });

  const live = document.getElementById("live");
  if (live) {
    live.hidden = false;
    live.addEventListener("click", () => {
      paused = !paused;
      live.classList.toggle("on", !paused);
      live.setAttribute("aria-pressed", String(!paused));
      live.querySelector(".word").textContent = paused ? "Paused" : "Live";
      refresh();
    });
  }

  // Keys of the keyboard are keys of the phone, while nothing is being written.
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, textarea")) return;
    if (!/^[0-9*#]$/.test(event.key)) return;
    document.querySelector(`.pad button[value="${CSS.escape(event.key)}"]`)?.click();
  });

  toEnd(document);
  setInterval(refresh, EVERY);
})();
