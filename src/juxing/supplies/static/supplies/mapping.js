// Keys 1, 2, 3 and 0 press the answers of the text that has the focus, else of the first one.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || !(event.target instanceof Element)) return;
  if (event.target.closest("input, textarea, select") || !/^[0-3]$/.test(event.key)) return;
  const text = event.target.closest("[data-text]") ?? document.querySelector("[data-text]");
  const answer = text?.querySelector(`[data-answer="${event.key}"]`);
  if (!(answer instanceof HTMLButtonElement)) return;
  event.preventDefault();
  answer.click();
});
