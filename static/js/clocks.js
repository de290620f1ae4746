// Numbers that tick and times in the reader's zone. Without this file the page shows the server's, with the zone's name.
{
  const root = document.documentElement;
  // a phone's clock may be minutes off
  const skew = Date.now() - Date.parse(root.dataset.now);
  const zone = root.dataset.zone || undefined;
  const now = () => Date.now() - skew;
  const two = (n) => String(n).padStart(2, "0");

  const clock = (ms) => {
    const s = Math.floor(Math.abs(ms) / 1000);
    if (s < 3600) return `${Math.floor(s / 60)}:${two(s % 60)}`;
    if (s < 172800) return `${Math.floor(s / 3600)} h ${two(Math.floor((s % 3600) / 60))}`;
    return `${Math.floor(s / 86400)} d ${Math.floor((s % 86400) / 3600)} h`;
  };
  const rough = (ms) => {
    const s = Math.floor(Math.abs(ms) / 1000);
    return s < 60 ? `${s} s` : s < 3600 ? `${Math.floor(s / 60)} min` : clock(ms);
  };
  const put = (element, text) => { if (element.textContent !== text) element.textContent = text; };

  const styles = {
    full: { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", timeZoneName: "short" },
    day: { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", timeZoneName: "short" },
    date: { day: "numeric", month: "short", year: "numeric" },
    time: { hour: "2-digit", minute: "2-digit", timeZoneName: "short" },
    second: { hour: "2-digit", minute: "2-digit", second: "2-digit" },
  };
  const formats = {};
  const local = (style, at) => (formats[style] ??= new Intl.DateTimeFormat("en-GB", { ...styles[style], timeZone: zone })).format(at);
  // what an element's moment reads in a style, reckoned once: a long timeline is walked at every line that arrives
  const known = new WeakMap();
  const said = (time, style) => {
    const texts = known.get(time) ?? {}, key = style + time.dateTime;
    known.set(time, texts);
    return (texts[key] ??= local(style, new Date(time.dateTime)));
  };
  const zoneName = () => new Intl.DateTimeFormat("en-GB", { timeZone: zone, timeZoneName: "short" }).formatToParts().find((part) => part.type === "timeZoneName").value;

  const due = (figure) => {
    const left = Date.parse(figure.dataset.due) - now();
    put(figure, clock(left));
    const box = figure.closest(".clock, .clock-row");
    if (left > 0) {
      if (figure.dataset.soon && now() >= Date.parse(figure.dataset.soon)) for (const e of [box, figure]) e.classList.replace("running", "soon");
      return;
    }
    const ends = figure.dataset.ends || "breached";
    if (box.classList.contains(ends)) return;
    for (const e of [box, figure]) {
      e.classList.remove("running", "soon");
      e.classList.add(ends);
    }
    const label = box.querySelector("[data-late-label]");
    if (!label) return;
    label.textContent = label.dataset.lateLabel;
    if (ends !== "breached") return;
    // said aloud once, not every second
    document.getElementById("alarm").textContent = `${label.textContent} ${figure.textContent}`;
  };

  // what stands still: a simulation has a time and a zone of its own
  const moving = ":not([data-still] *)";
  const tick = () => {
    for (const figure of document.querySelectorAll("[data-due]")) due(figure);
    for (const figure of document.querySelectorAll("[data-since]")) put(figure, clock(now() - Date.parse(figure.dataset.since)));
    for (const time of document.querySelectorAll(`time[data-ago]${moving}`)) {
      const ms = now() - Date.parse(time.dateTime);
      put(time, ms < 0 ? `in ${rough(ms)}` : `${rough(ms)} ago`);
    }
  };
  const translate = () => {
    for (const time of document.querySelectorAll(`time[data-moment]${moving}`)) put(time, said(time, time.dataset.moment));
    for (const name of document.querySelectorAll("[data-zone-name]")) put(name, zoneName());
  };
  // The day before the first line of each, newest first; lines that arrive bring none.
  const days = () => {
    for (const list of document.querySelectorAll("ol.lines")) {
      let last;
      for (const line of list.querySelectorAll(".line")) {
        const time = line.querySelector("time");
        if (!time) continue;
        const day = said(time, "date");
        let head = line.previousElementSibling;
        const has = head?.matches(".line-day-break");
        if (day === last) { if (has) head.remove(); continue; }
        last = day;
        if (!has) {
          head = document.createElement("li");
          head.className = "line-day-break";
          head.append(document.createElement("time"));
          line.before(head);
        }
        if (line.dataset.key) head.dataset.key = `${line.dataset.key}~`;
        Object.assign(head.firstElementChild, { dateTime: time.dateTime, title: time.title }).dataset.moment = "date";
      }
    }
  };
  const all = () => { tick(); days(); translate(); };
  all();
  setInterval(tick, 1000);
  // a refresh writes the server's words into the texts that stand here (characterData); this file puts in new ones
  new MutationObserver((changes) => changes.some((c) => c.target.nodeType > 1 || (c.addedNodes.length && !c.target.closest("time, [data-due], [data-since]"))) && all()).observe(document.body, { childList: true, subtree: true, characterData: true });
}
