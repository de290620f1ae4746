// Small comforts. Every one of them may be missing: the page works without.
{
  const store = { // a private window may refuse storage
    get: (key) => { try { return localStorage.getItem(key); } catch { return null; } },
    set: (key, value) => { try { value ? localStorage.setItem(key, value) : localStorage.removeItem(key); } catch { /* not kept */ } },
  };
  const all = (selector, root = document) => root.querySelectorAll(selector);

  // Copy: <button data-copy="#id" hidden>; says that it did.
  for (const button of all("[data-copy]")) button.hidden = !navigator.clipboard;
  document.addEventListener("click", async ({ target }) => {
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
  document.addEventListener("keydown", ({ key }) => {
    const open = key === "Escape" && document.querySelector("details.menu[open], details.clock[open]");
    if (open) { open.open = false; open.querySelector("summary").focus(); }
  });

  // Steps | Timeline | People: the part chosen last.
  for (const radio of all("[name=segment]")) {
    if (store.get("segment") === radio.value) radio.checked = true;
    radio.addEventListener("change", () => store.set("segment", radio.value));
  }

  // Drafts: <form data-draft="declare"> keeps what is typed until a page says <… data-draft-done="declare">.
  for (const done of all("[data-draft-done]")) store.set(`draft:${done.dataset.draftDone}`, "");
  const kept = (form) => [...form.elements].filter((e) => e.name && !/^(hidden|submit|button|password)$/.test(e.type) && e.name !== "csrfmiddlewaretoken");
  for (const form of all("form[data-draft]")) {
    const key = `draft:${form.dataset.draft}`;
    const draft = JSON.parse(store.get(key) ?? "{}");
    for (const field of kept(form)) {
      if (/radio|checkbox/.test(field.type)) { if (draft[field.name]) field.checked = draft[field.name].includes(field.value); }
      else if (draft[field.name] && !field.value) field.value = draft[field.name];
    }
    form.addEventListener("input", () => {
      const typed = {};
      for (const field of kept(form)) {
        if (!/radio|checkbox/.test(field.type)) { if (field.value) typed[field.name] = field.value; }
        else if (field.checked) (typed[field.name] ??= []).push(field.value);
      }
      store.set(key, JSON.stringify(typed));
    });
  }

  // <form data-send-on-change>: chosen is sent; its own button is for those without script.
  document.addEventListener("change", ({ target }) => target.form?.dataset.sendOnChange !== undefined && target.form.requestSubmit());

  // The sign in the tab is red while something of yours is open: <… data-mine-open="2">.
  const icon = document.querySelector("link[rel=icon]");
  const sign = () => {
    const mine = document.querySelector("[data-mine-open]");
    if (!mine) return;
    const wanted = Number(mine.dataset.mineOpen) ? icon.dataset.open : icon.dataset.quiet;
    if (icon.getAttribute("href") !== wanted) icon.href = wanted;
  };
  sign();
  document.addEventListener("htmx:after:swap", sign);
}
