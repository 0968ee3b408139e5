/**
 * A box that offers what fits while somebody types: a combobox with a list below it (WAI-ARIA's pattern).
 * Arrow keys walk, Enter takes, Escape closes, a press takes; without a script the box is a plain one.
 */
import { text } from "./text.js";

const WAIT_MS = 180;
let numbers = 0;

export const picker = () => ({
  role: "combobox",
  auto: "list",
  expanded: "false",
  listId: "",
  activeId: "",
  told: "",
  options: [],
  at: -1,
  timer: 0,
  asked: 0,
  init() {
    numbers += 1;
    this.listId = `picker-${numbers}`;
    this.$refs.list.id = this.listId;
    this.$refs.list.addEventListener("pointerdown", (event) => {
      const row = event.target.closest("[role=option]");
      event.preventDefault();
      if (row) this.take(Number(row.dataset.at));
    });
  },
  typed() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), WAIT_MS);
  },
  async ask() {
    const said = this.$refs.box.value.trim();
    this.asked += 1;
    const mine = this.asked;
    if (!said) {
      this.close();
      return;
    }
    const { url, scope } = this.$root.dataset;
    try {
      const answer = await fetch(`${url}?${new URLSearchParams({ q: said, scope })}`, { headers: { Accept: "application/json" } });
      const found = answer.ok ? (await answer.json()).options : [];
      if (mine === this.asked && document.activeElement === this.$refs.box) this.show(found);
    } catch {
      this.close();
    }
  },
  show(found) {
    this.options = found;
    this.at = -1;
    this.activeId = "";
    this.$refs.list.replaceChildren(...found.map((one, number) => this.row(one, number)));
    this.$refs.list.hidden = found.length === 0;
    this.expanded = String(found.length > 0);
    this.told = found.length ? text("picker_found", { count: found.length }) : text("picker_none");
  },
  row(one, number) {
    const row = document.createElement("li");
    row.setAttribute("role", "option");
    row.setAttribute("aria-selected", "false");
    row.id = `${this.listId}-${number}`;
    row.dataset.at = String(number);
    row.append(one.text);
    if (one.note) {
      const note = document.createElement("small");
      note.textContent = one.note;
      row.append(note);
    }
    return row;
  },
  pressed(event) {
    if (event.isComposing) return;
    const isOpen = this.expanded === "true";
    if (event.key === "ArrowDown" && !isOpen) this.ask();
    else if (event.key === "ArrowDown") this.walk(1);
    else if (event.key === "ArrowUp" && isOpen) this.walk(-1);
    else if (event.key === "Enter" && isOpen && this.at >= 0) this.take(this.at);
    else if (event.key === "Escape" && isOpen) this.close();
    else return;
    event.preventDefault();
  },
  walk(step) {
    const count = this.options.length;
    this.at = (this.at + step + count) % count;
    for (const [number, row] of [...this.$refs.list.children].entries()) {
      row.setAttribute("aria-selected", String(number === this.at));
    }
    const row = this.$refs.list.children[this.at];
    this.activeId = row.id;
    row.scrollIntoView({ block: "nearest" });
  },
  take(number) {
    this.$refs.box.value = this.options[number].text;
    this.$refs.box.dispatchEvent(new Event("change", { bubbles: true }));
    this.close();
    this.told = text("picker_taken", { name: this.options[number].text });
  },
  left(event) {
    if (!this.$root.contains(event.relatedTarget)) this.close();
  },
  close() {
    clearTimeout(this.timer);
    this.asked += 1;
    this.$refs.list.hidden = true;
    this.expanded = "false";
    this.activeId = "";
    this.at = -1;
  },
});
