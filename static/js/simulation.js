// Simulate: moments come without losing one's place, and the clock plays, a minute a second. Without this: plain links.
{
  let timer, asked = 0;
  const place = () => document.getElementById("simulation");
  const stop = () => { clearTimeout(timer); timer = undefined; label(); };
  const label = () => {
    const button = place()?.querySelector("[data-play]");
    if (!button) return;
    button.hidden = false;
    button.dataset.playLabel ??= button.textContent;
    button.textContent = timer ? button.dataset.pauseLabel : button.dataset.playLabel;
  };
  const go = async (href, keep) => {
    const turn = ++asked, response = await fetch(href, { headers: { accept: "text/html" } });
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html").getElementById("simulation");
    // Somebody pressed something else meanwhile: that one counts.
    if (turn !== asked) return;
    if (!fresh || !response.ok) { location.href = href; return; }
    const old = place(), focused = document.activeElement?.dataset?.go, playing = document.activeElement?.matches?.("[data-play]");
    for (const fold of old.querySelectorAll("details[id]")) {
      const same = fresh.querySelector(`#${CSS.escape(fold.id)}`);
      if (same && !fold.id.startsWith("simulated-step-")) same.open = fold.open;
    }
    old.replaceWith(document.adoptNode(fresh));
    history[keep ? "replaceState" : "pushState"](null, "", href);
    label();
    const next = playing ? fresh.querySelector("[data-play]") : focused && (fresh.querySelector(`[data-go="${CSS.escape(focused)}"]`) ?? fresh.querySelector("[data-go^=next]") ?? fresh.querySelector("[data-go]"));
    next?.focus({ preventScroll: true });
    if (!keep) document.getElementById("simulation-said").textContent = fresh.dataset.said;
  };
  const play = async () => {
    const minute = place()?.querySelector("[data-minute]");
    if (!minute || document.hidden) return stop();
    try { await go(minute.href, true); } catch { return stop(); }
    if (timer) timer = setTimeout(play, 1000);
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("#simulation [data-play]"), link = event.target.closest?.("#simulation a[data-go]");
    if (button) { if (timer) stop(); else { timer = setTimeout(play, 1000); label(); } return; }
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    stop();
    go(link.href).catch(() => { location.href = link.href; });
  });
  addEventListener("popstate", () => place() && location.reload());
  label();
}
