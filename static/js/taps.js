// Taps: one that did not arrive says so beside its button, what changes by itself does not slide under a finger, and
// the focus stays where the hand was. Without this file a tap is a form that loads a page.
{
  const words = document.getElementById("alarm")?.dataset ?? {};
  const tapped = "#now, #bar, #board, #composer";

  // What was typed stays, the button works on; what arrived after all is not done twice (the server sees to that).
  const clear = () => { for (const said of document.querySelectorAll(".unsent")) said.remove(); };
  const say = (form, button, text) => {
    clear();
    const said = document.createElement("p");
    said.className = "error unsent";
    said.setAttribute("role", "alert");
    (button ?? form.querySelector("button")).after(said);
    said.textContent = text;
  };
  const told = ({ sourceElement: form, sourceEvent, request }, text) => {
    if (request?.method === "POST" && form.matches("form")) say(form, sourceEvent?.submitter, text);
  };
  document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => { if (ctx.request.method === "POST") clear(); });
  document.addEventListener("htmx:error", ({ detail: { ctx } }) => {
    if (ctx) told(ctx, ctx.request.signal.aborted ? words.slow : words.cut);
  });
  document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
    const { status, raw } = ctx.response;
    if (status >= 500) told(ctx, words.failed);
    // signed out, or no longer allowed: the answer is a page, not what this page asked for
    else if (!ctx.hx.redirect && (raw.redirected || !ctx.text.includes("<hx-partial"))) told(ctx, words.refused);
  });
  // Each tap counts, even on what took another's place meanwhile; the very same one only once.
  const sent = new Set(), tap = ({ ctx: { request } }) => request.action + new URLSearchParams(request.body);
  document.addEventListener("htmx:config:request", (event) => {
    // News that overtakes the answer takes the form away; the answer is still to be read.
    if (event.target.getAttribute("hx-swap") === "none") event.detail.ctx.target = root;
    const key = tap(event.detail);
    if (sent.has(key)) event.preventDefault();
    else if (event.target.matches("[hx-sync$=all]")) sent.add(key);
  });
  document.addEventListener("htmx:finally:request", (event) => sent.delete(tap(event.detail)));

  // A whole page would be lost to the browser's own "no internet".
  document.addEventListener("submit", (event) => {
    if (navigator.onLine || event.defaultPrevented || event.target.method !== "post") return;
    event.preventDefault();
    say(event.target, event.submitter, words.cut);
  });

  // What can be tapped: when one of it changes or goes, taps that were meant for what was there before fall through.
  const root = document.documentElement;
  const offers = () => [...document.querySelectorAll("#now, #bar, #board")].flatMap((part) =>
    [...part.querySelectorAll("a, button")].map((e) => e.textContent + (e.href ?? e.form?.action)));
  let before, hand, rest;
  document.addEventListener("htmx:before:swap", () => {
    before = offers();
    hand = document.activeElement.closest(tapped)?.id ?? hand;
  });
  document.addEventListener("htmx:after:swap", () => {
    if (hand && document.activeElement === document.body)
      document.querySelector(`#${hand} :is(.primary, .button)`)?.focus({ preventScroll: true });
    hand = undefined;
    let same = 0;
    for (const offer of offers()) if (offer === before[same]) same++;
    if (same === before.length) return;
    root.dataset.changing = "";
    clearTimeout(rest);
    rest = setTimeout(() => delete root.dataset.changing, 700);
  });

  // Now keeps its order while somebody looks; it takes its own when they come back, or when nobody has touched it for
  // a minute (a screen on a wall).
  let touched = Date.now();
  const fresh = () => document.querySelector("[data-fresh]")?.click();
  for (const name of ["pointerdown", "pointermove", "keydown", "scroll"])
    addEventListener(name, () => { touched = Date.now(); }, { passive: true });
  setInterval(() => { if (Date.now() - touched > 60000) fresh(); }, 5000);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) fresh(); });

  // A notice that came by itself goes again; what it tells stands on Now.
  document.addEventListener("htmx:after:swap", () => {
    for (const notice of document.querySelectorAll(".came:not([data-goes])")) {
      notice.dataset.goes = "";
      // of the very page that is open: its timeline shows it, and nothing of it is to be covered
      if (notice.querySelector("a").pathname === location.pathname) notice.className = "visually-hidden";
      setTimeout(() => notice.remove(), 20000);
    }
  });

  // The chosen one of a row that scrolls is in sight.
  const chosen = () => {
    const chip = document.querySelector(".scroller :checked")?.closest("label"), row = chip?.parentElement;
    if (row) row.scrollLeft += chip.getBoundingClientRect().left - row.getBoundingClientRect().left - 16;
  };
  chosen();
  document.addEventListener("htmx:after:swap", chosen);
}
