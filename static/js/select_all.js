// <div data-select-all="enquiry" hidden> holds a checkbox that ticks every checkbox of that name on this page, and
// may hold an element with data-select-count that says how many are ticked.

export function enhance(element) {
  const all = element.querySelector("input[type=checkbox]");
  const count = element.querySelector("[data-select-count]");
  const boxes = [...document.querySelectorAll(`input[type=checkbox][name="${element.dataset.selectAll}"]`)];
  if (!boxes.length) return;

  element.hidden = false;
  all.addEventListener("change", () => {
    boxes.forEach((box) => { box.checked = all.checked; });
    tell();
  });
  boxes.forEach((box) => box.addEventListener("change", tell));
  tell();

  function tell() {
    const ticked = boxes.filter((box) => box.checked).length;
    all.checked = ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
    if (count) count.textContent = `${ticked} selected`;
  }
}
