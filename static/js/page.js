// Small comforts. Every one of them may be missing: the page works without.
{
  // A private window may refuse storage: nothing is kept then.
  const keeper = (place) => ({
    get: (key) => { try { return place()[key]; } catch {} },
    set: (key, value) => { try { value ? place()[key] = value : delete place()[key]; } catch {} },
    keys: () => { try { return Object.keys(place()); } catch { return []; } },
  });
  const store = keeper(() => localStorage), tab = keeper(() => sessionStorage);
  const all = (selector) => document.querySelectorAll(selector), on = (name, act) => document.addEventListener(name, act);

  // Copy: <button data-copy="#id" hidden>; says that it did.
  const copying = () => { for (const button of all("[data-copy]")) button.hidden = !navigator.clipboard; };
  copying();
  on("htmx:after:swap", copying);
  on("click", async ({ target }) => {
    const button = target.closest("[data-copy]");
    if (button) {
      const from = document.querySelector(button.dataset.copy);
      const word = button.textContent;
      await navigator.clipboard.writeText(from.value ?? from.textContent);
      button.textContent = button.dataset.copied ?? "Copied";
      setTimeout(() => { button.textContent = word; }, 2000);
    }
    for (const menu of all("details.menu[open], details.clock[open]")) if (!menu.contains(target)) menu.open = false;
  });
  on("keydown", ({ key }) => {
    const open = key === "Escape" && document.querySelector("details.menu[open], details.clock[open]");
    if (open) { open.open = false; open.querySelector("summary").focus(); }
  });

  // What comes fresh leaves open what is open, so a menu closes when its verb is sent.
  on("submit", ({ target }) => { const menu = target.closest("details.menu"); if (menu) menu.open = false; });

  // Steps | Timeline | People: the part chosen last of this page, unless an address leads to a place in one.
  for (const radio of all("[name=segment]")) {
    radio.checked ||= !location.hash && store.get(location) === radio.value;
    radio.addEventListener("change", () => store.set(location, radio.value));
  }

  // Back to what a form was answered with asks for the page: an answer to POST is kept nowhere, what was typed is a draft.
  history.replaceState(history.state, "", location);

  // Drafts: <form data-draft="declare"> keeps what is typed, for this person only, until it was taken: htmx was told so,
  // or sending led on to another page, or a page says <… data-draft-done="declare">. What was not taken stays.
  const reader = document.documentElement.dataset.user, mine = `draft:${reader}:`;
  const draftOf = (form) => mine + form.dataset.draft;
  const forget = (but) => store.keys().forEach((key) => key.startsWith("draft:") && !key.startsWith(but) && store.set(key));
  if (reader) forget(mine);
  // What this tab has sent: a page that was led to says that it was taken, any other that it was not.
  const sent = tab.get("sent"), led = performance.getEntriesByType("navigation")[0].redirectCount;
  tab.set("sent", all("form[data-resend]").length && sent);
  if (led && sent?.startsWith(mine) && !location.pathname.startsWith("/accounts/")) store.set(sent);
  for (const done of all("[data-draft-done]")) store.set(mine + done.dataset.draftDone);

  const kept = (form) => [...form.elements].filter((e) => e.name && !/hidden|submit|button|password|file/.test(e.type));
  const chosen = (field) => /radio|checkbox/.test(field.type);
  for (const form of all("form[data-draft]")) {
    const draft = JSON.parse(store.get(draftOf(form)) ?? "{}");
    for (const field of kept(form)) {
      const typed = draft[field.name];
      if (typed && chosen(field)) field.checked = typed.includes(field.value);
      else if (typed) field.value ||= typed[0];
    }
  }
  on("input", ({ target: { form } }) => {
    if (!form?.dataset.draft) return;
    const draft = {};
    for (const field of kept(form)) if (chosen(field) ? field.checked : field.value) (draft[field.name] ??= []).push(field.value);
    store.set(draftOf(form), JSON.stringify(draft));
  });
  on("submit", ({ target, defaultPrevented }) => {
    if ("forgetDrafts" in target.dataset) forget();
    if (target.dataset.draft && !defaultPrevented) tab.set("sent", draftOf(target));
  });
  on("htmx:after:request", ({ detail: { ctx } }) => {
    if (ctx.response.status < 300 && ctx.sourceElement.dataset?.draft) store.set(draftOf(ctx.sourceElement));
  });

  // Back may show a page as it lay in memory: not to another person than the one it was for.
  store.set("reader", mine);
  addEventListener("pageshow", ({ persisted }) => {
    if (!persisted) return;
    tab.set("sent");
    if (store.get("reader") !== mine) location.reload();
  });

  // <form data-send-on-change>: chosen is sent; its own button is for those without script.
  on("change", ({ target }) => target.form?.dataset.sendOnChange !== undefined && target.form.requestSubmit());

  // The sign in the tab is red while something of yours is open: <… data-mine-open="2">.
  const icon = document.querySelector("link[rel=icon]");
  const sign = () => {
    const mine = document.querySelector("[data-mine-open]");
    if (!mine) return;
    const wanted = Number(mine.dataset.mineOpen) ? icon.dataset.open : icon.dataset.quiet;
    if (icon.getAttribute("href") !== wanted) icon.href = wanted;
  };
  sign();
  on("htmx:after:swap", sign);
}
