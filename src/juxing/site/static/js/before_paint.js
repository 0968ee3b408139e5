/* Runs before the first paint, so that large type and the dark screen do not flash, on kept pages too. Tiny: it blocks. */
(function () {
  "use strict";
  document.documentElement.classList.toggle("large-type", /(^|; )large_type=1/.test(document.cookie));
  if (/(^|; )dark_screen=1/.test(document.cookie)) document.documentElement.setAttribute("data-bs-theme", "dark");
})();
