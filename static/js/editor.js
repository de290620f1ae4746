// The text of a process: line numbers beside it, and a tap on "Line 12" leads there. Without this it is a plain field.
{
  const field = document.querySelector("textarea[data-lines]");
  const frame = document.createElement("div"), gutter = document.createElement("pre");
  frame.className = "numbered";
  gutter.setAttribute("aria-hidden", "true");
  field.before(frame);
  frame.append(gutter, field);
  let shown = 0;
  const number = () => {
    const count = field.value.split("\n").length;
    if (count !== shown) gutter.textContent = Array.from({ length: count }, (_, place) => place + 1).join("\n");
    shown = count;
    gutter.scrollTop = field.scrollTop;
  };
  field.addEventListener("input", number);
  field.addEventListener("scroll", number);
  number();
  document.addEventListener("click", (event) => {
    const line = Number(event.target.closest("[data-line]")?.dataset.line);
    if (!line) return;
    event.preventDefault();
    const lines = field.value.split("\n"), before = lines.slice(0, line - 1).join("\n").length + (line > 1);
    field.focus();
    field.setSelectionRange(before, before + (lines[line - 1] ?? "").length);
    field.scrollTop = (line - 4) * parseFloat(getComputedStyle(field).lineHeight);
    field.scrollIntoView({ block: "nearest" });
  });
}
