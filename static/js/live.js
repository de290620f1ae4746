// What the page says about its event stream, and what hx-sse leaves out: it does not try again when the very first
// connect fails, does not notice a line that went silent, and does not know an announcement it had before.
(() => {
  "use strict";
  const stream = document.getElementById("live");
  if (!stream) return;
  // three beats; announcements remembered
  const SILENT_MS = 15000, KNOWN = 2000, known = new Set();
  let heard = Date.now(), lost = false, gone = false, asking = false, tries = 0, again = 0;

  const typed = () => [...document.querySelectorAll("textarea, input:not([type=hidden])")].some((field) =>
    /radio|checkbox/.test(field.type) ? field.checked !== field.defaultChecked : field.value !== field.defaultValue);

  const paint = () => {
    const state = gone ? "gone" : lost ? "stale" : "live";
    const at = new Date(heard).toLocaleTimeString("en-GB", { timeStyle: "short", timeZone: document.documentElement.dataset.zone || undefined });
    const words = state === "live" ? Math.round((Date.now() - heard) / 1000) : at;
    document.documentElement.toggleAttribute("data-stale", state !== "live");
    for (const place of document.querySelectorAll("[data-live]")) {
      place.dataset.live = state;
      place.textContent = (place.dataset[state + "Text"] || "%s").replace("%s", words);
    }
    for (const link of document.querySelectorAll("[data-live-reload]")) link.hidden = !gone;
  };
  // removing it ends hx-sse's own attempts
  const giveUp = () => { gone = true; stream.remove(); paint(); };
  const lose = (status) => { lost = true; if (status === 401 || status === 403) giveUp(); else paint(); };

  // A browser opens six connections to a house, and a tab that nobody sees takes none: hx-sse closes what is hidden
  // afterwards; one that was opened behind another begins when it is looked at, with all that it missed.
  const begin = () => {
    if (document.hidden || gone || asking || stream._htmx?.sse) return;
    asking = true;
    htmx.trigger(stream, "connect");
  };

  const watch = () => {
    const now = Date.now(), connection = stream._htmx?.sse;
    if (gone || document.hidden) return;
    if (now - heard > SILENT_MS) lost = true;
    if (lost && now > again && !asking) {
      again = now + Math.min(5000, 500 * 2 ** tries++) * (0.7 + 0.6 * Math.random());
      if (!connection) begin();
      else if (now - heard > SILENT_MS && connection.reader) { again = now + SILENT_MS; connection.reader.cancel(); }
    }
    paint();
  };

  stream.addEventListener("htmx:sse:before:message", (event) => {
    heard = Date.now(); lost = false; tries = 0; paint();
    // hidden before the line stood
    if (document.hidden) stream._htmx.sse.visibilityHandler();
    const { id, event: name } = event.detail.message;
    // these show the id of what came before them
    if (!id || /^(beat|reload|health)$/.test(name)) return;
    if (known.has(id)) event.preventDefault();
    known.add(id);
    if (known.size > KNOWN) known.delete([...known][0]);
  });
  stream.addEventListener("htmx:sse:error", (event) => lose(event.detail.status));
  stream.addEventListener("htmx:error", () => lose());
  stream.addEventListener("htmx:response:error", (event) => lose(event.detail.ctx.response.status));
  stream.addEventListener("htmx:finally:request", () => { asking = false; });
  stream.addEventListener("reload", () => {
    const before = Number(sessionStorage.getItem("reloaded"));
    sessionStorage.setItem("reloaded", Date.now());
    if (typed() || Date.now() - before < 10000) giveUp(); else location.reload();
  });
  setInterval(watch, 1000);
  document.addEventListener("visibilitychange", begin);
  // htmx starts as soon as it is loaded, which may be before its stream extension was.
  setTimeout(() => { stream.hasAttribute("data-htmx-powered") || htmx.process(stream); begin(); });
})();
