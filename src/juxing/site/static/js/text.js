/** Words in the reader's language, from components/script_text.html. */

const words = new Map();

/**
 * @param {string} key
 * @param {Record<string, string | number>} [values] what replaces {name} in the words
 * @returns {string}
 */
export function text(key, values = {}) {
  if (!words.size) {
    const template = /** @type {HTMLTemplateElement | null} */ (document.getElementById("juxing-text"));
    for (const word of template?.content.querySelectorAll("[data-key]") ?? []) {
      words.set(word.getAttribute("data-key"), word.textContent);
    }
  }
  const found = words.get(key) ?? key;
  return found.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/**
 * @param {string} name symbol of the icon sprite
 * @returns {SVGElement} a decorative icon, like components/icon.html
 */
export function icon(name) {
  const sample = document.querySelector("svg.kit-icon use");
  const sprite = sample?.getAttribute("href")?.split("#")[0] ?? "/static/vendor/icons/icons.svg";
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "kit-icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${sprite}#${name}`);
  svg.append(use);
  return svg;
}
