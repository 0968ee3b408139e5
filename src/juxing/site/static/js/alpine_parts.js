/** Behaviour of small parts, registered for Alpine's CSP build: templates name them in x-data, without inline code. */
import { picker } from "./picker.js";
import { text } from "./text.js";

/** @param {number} bytes */
const megabytes = (bytes) => Math.max(0.1, bytes / 1_000_000).toFixed(1);

const parts = {
  picker,

  sideNavigation: () => ({
    expanded: "false",
    toggle() {
      const open = document.getElementById("side-navigation")?.classList.toggle("is-open") ?? false;
      this.expanded = String(open);
    },
  }),

  confirmDialog: () => ({
    cancel() {
      this.$root.close();
    },
  }),

  /** Counts down only while nobody reads it; in large type it stays until closed. */
  undoToast: () => ({
    shown: true,
    timer: 0,
    init() {
      this.resume();
    },
    resume() {
      if (document.documentElement.classList.contains("large-type")) return;
      this.timer = setTimeout(() => this.close(), Number(this.$root.dataset.seconds) * 1000);
    },
    hold() {
      clearTimeout(this.timer);
    },
    close() {
      this.hold();
      this.shown = false;
    },
    destroy() {
      this.hold();
    },
  }),

  copyLink: () => ({
    label: "",
    init() {
      this.label = this.$root.querySelector("button span").textContent;
    },
    async copy() {
      const field = this.$refs.value;
      try {
        await navigator.clipboard.writeText(field.value);
        this.label = text("copied");
      } catch {
        field.select();
        this.label = document.execCommand("copy") ? text("copied") : text("copy_failed");
      }
    },
  }),

  /** Says before sending what the server would refuse: the wrong kind or too many megabytes. */
  fileField: () => ({
    text: "",
    tone: "",
    check(event) {
      const field = event.target;
      const { maxMegabytes, accept } = this.$root.dataset;
      const problem = [...field.files].map((file) => fileProblem(file, Number(maxMegabytes), accept)).find(Boolean);
      field.setCustomValidity(problem ?? "");
      this.tone = problem ? "is-wrong" : "is-good";
      const [first] = field.files;
      this.text = problem ?? (first ? text("file_good", { name: first.name, size: megabytes(first.size) }) : "");
    },
  }),
};

/** @param {File} file @param {number} limit @param {string | undefined} accept */
function fileProblem(file, limit, accept) {
  const endings = (accept ?? "").split(",").map((ending) => ending.trim().toLowerCase()).filter((ending) => ending.startsWith("."));
  if (endings.length && !endings.some((ending) => file.name.toLowerCase().endsWith(ending))) {
    return text("file_kind", { name: file.name, accept });
  }
  if (file.size > limit * 1_000_000) return text("file_big", { name: file.name, size: megabytes(file.size), limit });
  return null;
}

document.addEventListener("alpine:init", () => {
  for (const [name, part] of Object.entries(parts)) window.Alpine.data(name, part);
});
