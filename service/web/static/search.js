// Suggestions below a text field while it is typed in, after the ARIA combobox pattern.
// Every page works without this; where a suggestion cannot be had, nothing is shown.

const WAIT = 150;

class Combobox {
  constructor(input, number) {
    this.input = input;
    this.options = [];
    this.at = -1;
    const box = document.createElement("div");
    box.className = "combobox";
    input.before(box);
    this.list = document.createElement("ul");
    this.list.id = `suggestions-${number}`;
    this.list.className = "suggestions";
    this.list.hidden = true;
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", input.dataset.label);
    this.status = document.createElement("p");
    this.status.className = "hidden";
    this.status.setAttribute("role", "status");
    box.append(input, this.list, this.status);
    for (const [name, value] of Object.entries({
      role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.list.id,
    })) input.setAttribute(name, value);
    input.addEventListener("input", () => this.later());
    input.addEventListener("keydown", (event) => this.key(event));
    input.addEventListener("blur", () => this.close());
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const row = event.target.closest("li");
      if (row) this.choose(Array.from(this.list.children).indexOf(row));
    });
  }

  later() {
    clearTimeout(this.timer);
    this.asked?.abort();
    this.timer = setTimeout(() => this.ask(), WAIT);
  }

  async ask() {
    const text = this.input.value.trim();
    if (!text) return this.close();
    this.asked = new AbortController();
    try {
      const address = new URL(this.input.dataset.suggest, location.href);
      address.searchParams.set("q", text);
      const answer = await fetch(address, { signal: this.asked.signal });
      if (!answer.ok) return this.close();
      const found = await answer.json();
      if (document.activeElement === this.input) this.show(text, found[this.input.dataset.list] ?? []);
    } catch {
      this.close();
    }
  }

  show(text, options) {
    this.text = text;
    this.options = options;
    this.at = -1;
    this.list.replaceChildren(...options.map((option, place) => this.row(option, place)));
    this.open(options.length > 0);
    const said = options.length ? this.input.dataset.found : this.input.dataset.none;
    this.status.textContent = said.replace("{n}", options.length);
  }

  row(option, place) {
    const row = document.createElement("li");
    row.id = `${this.list.id}-${place}`;
    row.setAttribute("role", "option");
    row.setAttribute("aria-selected", "false");
    row.textContent = option.name ?? option;
    const more = [option.sector, option.number].filter(Boolean).join(" · ");
    if (more) {
      const small = document.createElement("small");
      small.textContent = more;
      row.append(" ", small);
    }
    return row;
  }

  open(whether) {
    this.list.hidden = !whether;
    this.input.setAttribute("aria-expanded", String(whether));
    if (!whether) this.mark(-1);
  }

  close() {
    clearTimeout(this.timer);
    this.asked?.abort();
    this.status.textContent = "";
    this.open(false);
  }

  mark(place) {
    this.list.children[this.at]?.setAttribute("aria-selected", "false");
    this.at = place;
    const row = this.list.children[place];
    if (!row) return this.input.removeAttribute("aria-activedescendant");
    row.setAttribute("aria-selected", "true");
    row.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", row.id);
  }

  key(event) {
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      if (this.list.hidden) return void this.ask();
      const count = this.options.length;
      this.mark(this.at < 0 && step < 0 ? count - 1 : (this.at + step + count) % count);
    } else if (event.key === "Escape" && !this.list.hidden) {
      event.preventDefault();
      this.close();
    } else if (event.key === "Enter" && this.at >= 0) {
      event.preventDefault();
      this.choose(this.at);
    }
  }

  choose(place) {
    const option = this.options[place];
    this.close();
    if (option.name === undefined) {
      this.input.value = option;
      return;
    }
    const form = this.input.form;
    this.input.value = this.text;
    form.elements["input.found"].value = this.text;
    const button = document.createElement("button");
    button.name = "do";
    button.value = `choose:${place}`;
    button.hidden = true;
    form.append(button);
    form.requestSubmit(button);
  }
}

document.querySelectorAll("input[data-suggest]").forEach((input, number) => new Combobox(input, number));
