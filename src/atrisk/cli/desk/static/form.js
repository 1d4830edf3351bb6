// The row that is being typed: its fields, their faults, and what it would move.
import { ask, make } from "./api.js";
import { CREDIBILITY, FIRST, HINTS, LONG, RELIABILITY, TITLES } from "./words.js";

const WAIT = 250; // milliseconds after the last key before the row is looked at

export class Form {
  constructor(start, onSaved) {
    this.start = start;
    this.onSaved = onSaved;
    this.form = document.getElementById("form");
    this.timer = null;
    this.turn = 0;
    this.row = null;
    this.effect = make("div", { id: "effect", "aria-live": "polite" });
    this.dropped = null; // a row that was closed with something typed in it
    this.form.addEventListener("input", () => {
      this.dirty = true;
      this.later();
    });
    this.form.addEventListener("keydown", (event) => this.choose(event));
    this.form.addEventListener("change", (event) => this.read(event.target));
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.save();
    });
  }

  get isOpen() {
    return this.row !== null;
  }

  // Opens a row: an offer for a new one, or the cells of one that is there.
  open(table, cells, { was = null, offer = {}, number = null, fresh = false, words = "" } = {}) {
    this.drop();
    this.row = { table, was, number };
    this.offer = offer;
    this.dirty = false;
    this.same = null; // a row that tells the same fact and has no claim yet
    this.tried = Boolean(was) && !fresh; // what is still empty is no fault before the first try to save
    const columns = this.start.columns[table];
    const order = FIRST[table] || [];
    const sorted = [...columns].sort((one, other) => rank(order, one.name) - rank(order, other.name));
    document.getElementById("no-row").hidden = true;
    document.getElementById("row-title").textContent = fresh ? `New source: ${cells.id}` : was ? `Change ${cells.id}` : TITLES[table];
    const isFirst = (column) => order.includes(column.name) || (column.filled && !["id", "source", "locator", "sha256"].includes(column.name));
    const list = (some) => some.map((column) => this.field(column, cells[column.name] ?? "", offer));
    this.form.replaceChildren(
      ...(words ? [make("blockquote", { class: "muted" }, words)] : []), // what is being coded, in sight on a phone too
      ...list(sorted.filter(isFirst)),
      make("details", { id: "more" }, make("summary", {}, "More fields"), ...list(sorted.filter((column) => !isFirst(column)))),
      make("div", { class: "foot" }, this.effect, make("p", { id: "form-problem", class: "problem", role: "alert" }), this.buttons(was)),
    );
    this.name();
    const first = this.form.querySelector("[name=summary], [name=publisher]") || this.form.querySelector("input, textarea");
    first.focus();
    this.look();
  }

  buttons(was) {
    const save = make("button", { type: "submit", title: "Ctrl+Enter" }, "Save");
    const leave = make("button", { type: "button", title: "Escape" }, "Close without saving");
    leave.addEventListener("click", () => this.close());
    const box = make("div", { class: "actions" }, save, leave);
    if (was) {
      const remove = make("button", { type: "button" }, "Remove this row");
      remove.addEventListener("click", () => this.remove());
      box.append(remove);
    }
    return box;
  }

  field(column, value, offer) {
    if (column.name === "about") return this.boxes(column, value, this.start.about);
    if (column.name === "credibility") return this.radios(column, value, CREDIBILITY);
    if (column.name === "severity") return this.radios(column, value, this.start.severity.map((one) => [one.value, describe(one, false)]));
    if (column.values.length && column.values.length <= 4) return this.radios(column, value, column.values.map((one) => [one, one]));
    const id = `f-${column.name}`;
    const box = make("div", {}, make("label", { for: id }, ...title(column)));
    const shared = { id, name: column.name, "aria-describedby": `${id}-said` };
    if (column.values.length) {
      const words = column.name === "reliability" ? RELIABILITY : {};
      const options = ["", ...column.values].map((one) => make("option", { value: one, selected: one === value }, words[one] || one));
      box.append(make("select", shared, ...options));
    } else if (LONG.has(column.name)) {
      const text = make("textarea", { ...shared, rows: 2 });
      text.value = value;
      box.append(text);
    } else {
      const input = make("input", { ...shared, list: `${id}-list`, title: column.accepted });
      input.value = value;
      box.append(input, make("datalist", { id: `${id}-list` }, ...choose(column, offer, this.start)));
    }
    if (column.name === "indicators") box.append(make("p", { id: "chosen", class: "hint" }), this.suggest(offer));
    if (column.name === "claim" && (offer.echoes || []).length) box.append(this.echo(offer.echoes));
    box.append(make("p", { class: "problem", id: `${id}-said`, "data-column": column.name }));
    return box;
  }

  // Several of some values, which a cell joins with semicolons.
  boxes(column, value, options) {
    const chosen = String(value).split(";").map((one) => one.trim());
    const box = make("fieldset", { class: "short", "aria-describedby": `f-${column.name}-said` }, make("legend", {}, ...title(column)));
    for (const one of options) {
      const input = make("input", { type: "checkbox", name: column.name, value: one, checked: chosen.includes(one) });
      box.append(make("label", {}, input, ` ${one.replaceAll("_", " ")}`));
    }
    box.append(make("p", { class: "problem", id: `f-${column.name}-said`, "data-column": column.name }));
    return box;
  }

  radios(column, value, options) {
    const short = options.every(([, label]) => label.length < 20);
    const box = make("fieldset", { class: short && "short", "aria-describedby": `f-${column.name}-said` }, make("legend", {}, ...title(column)));
    for (const [one, label] of options) {
      const input = make("input", { type: "radio", name: column.name, value: one, checked: one === String(value) });
      box.append(make("label", {}, input, ` ${label}`));
    }
    box.append(make("p", { class: "problem", id: `f-${column.name}-said`, "data-column": column.name }));
    return box;
  }

  // Rows that may tell the same fact; pressing one takes its claim, which it gets if it has none.
  echo(echoes) {
    const items = echoes.map((one) => {
      const button = make("button", { type: "button" }, `Same fact as ${one.claim}`);
      button.addEventListener("click", () => {
        this.form.elements.claim.value = one.claim;
        this.same = one;
        this.later();
      });
      return make("li", {}, button, make("br"), `${one.told}: ${one.summary}`);
    });
    return make("ul", { class: "muted" }, ...items);
  }

  // In a group of choices a digit or a letter chooses the one that begins so.
  choose(event) {
    if (event.target.type !== "radio" || event.key.length !== 1 || event.ctrlKey || event.metaKey || event.altKey) return;
    const all = [...this.form.querySelectorAll(`input[name="${event.target.name}"]`)];
    const found = all.find((one) => one.value.toLowerCase().startsWith(event.key.toLowerCase()));
    if (!found) return;
    event.preventDefault();
    found.checked = true;
    found.focus();
    this.later();
  }

  // Writes a date that was typed in words, such as 12 April 2024, as the tables have it.
  async read(input) {
    const column = this.isOpen && this.start.columns[this.row.table].find((one) => one.name === input.name);
    if (!column || column.kind !== "date" || !/[a-z\u0600-\u06ff]{3}/i.test(input.value)) return;
    const typed = input.value;
    const { dates } = await ask("date", { text: typed });
    if (dates.length !== 1 || dates[0].includes("(") || input.value !== typed) return;
    input.value = dates[0];
    this.later();
  }

  // The likely indicators, and a search over labels and glosses; each press adds or takes one away.
  suggest(offer) {
    const box = make("div", {});
    const list = make("ul", { class: "muted" });
    const search = make("input", { type: "search", "aria-label": "search the indicators", placeholder: "search the indicators" });
    const show = (items) => list.replaceChildren(...items.map((one) => this.choice(one)));
    const likely = (offer.indicators || []).map((one) => ({ ...this.start.indicators.find((i) => i.code === one.code), reason: one.reason }));
    show(likely);
    const find = async () => {
      const words = search.value.trim();
      if (!words) return show(likely);
      const coded = this.start.indicators.filter((one) => one.code.startsWith(words));
      const found = coded.length ? coded : (await ask("find", { words })).indicators;
      if (words !== search.value.trim()) return undefined; // more was typed meanwhile
      if (found.length) return show(found.map((one) => ({ ...this.start.indicators.find((i) => i.code === one.code), reason: one.reason })));
      return list.replaceChildren(make("li", {}, "No indicator is like these words; try others, or browse all below."));
    };
    search.addEventListener("input", (event) => {
      event.stopPropagation();
      find();
    });
    search.addEventListener("keydown", async (event) => {
      if (event.key !== "Enter" || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      await find();
      list.querySelector("button")?.click();
      search.value = "";
      show(likely);
    });
    box.append(search, list, this.browse());
    return box;
  }

  // Every indicator, factor by factor.
  browse() {
    const box = make("details", {}, make("summary", {}, "Browse all indicators"));
    box.addEventListener("toggle", () => {
      if (box.childElementCount > 1) return;
      for (const [code, title] of Object.entries(this.start.factors)) {
        const mine = this.start.indicators.filter((one) => one.factor === code);
        box.append(make("details", {}, make("summary", {}, `${code} ${title}`), make("ul", { class: "muted" }, ...mine.map((one) => this.choice(one)))));
      }
    });
    return box;
  }

  // Names the indicators that are chosen, and what a severity means for the direction.
  name() {
    const mitigates = this.form.elements.direction?.value === "mitigating";
    for (const one of this.start.severity) {
      const input = this.form.querySelector(`input[name="severity"][value="${one.value}"]`);
      if (input) input.nextSibling.textContent = ` ${describe(one, mitigates)}`;
    }
    const place = document.getElementById("chosen");
    if (!place) return;
    const codes = this.form.elements.indicators.value.split(";").map((one) => one.split("=")[0].trim());
    const chosen = this.start.indicators.filter((one) => codes.includes(one.code));
    place.textContent = chosen.map((one) => `${one.code} ${one.label}`).join("; ");
  }

  choice(one) {
    const button = make("button", { type: "button" }, `${one.code} ${one.label}`);
    button.addEventListener("click", () => {
      const input = this.form.elements.indicators;
      const codes = input.value.split(";").map((code) => code.trim()).filter(Boolean);
      const kept = codes.filter((code) => code !== one.code);
      input.value = (kept.length < codes.length ? kept : [...codes, one.code]).join(";");
      this.dirty = true;
      this.later();
    });
    return make("li", {}, button, make("br"), one.gloss, one.reason ? ` (${one.reason})` : "");
  }

  cells() {
    const cells = {};
    for (const [name, value] of new FormData(this.form)) {
      if (name === "kept") continue;
      cells[name] = name in cells ? `${cells[name]};${value.trim()}` : value.trim();
    }
    return cells;
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.look(), WAIT);
  }

  // Looks at the row as it stands: keeps it as a draft, tells its faults, or what it would move.
  async look() {
    clearTimeout(this.timer);
    if (!this.isOpen) return;
    this.name();
    const turn = ++this.turn;
    const asked = { ...this.row, cells: this.cells() };
    try {
      await ask("draft", asked);
      const found = await ask("check", asked);
      if (turn === this.turn && this.isOpen) {
        this.tell(found.problems);
        tellEffect(this.effect, found.effect, found.problems.map((one) => one.column));
      }
    } catch (error) {
      if (turn === this.turn) this.tell([{ column: "", message: error.message }]);
    }
  }

  tell(problems) {
    const cells = this.cells();
    for (const place of this.form.querySelectorAll(".problem[data-column]")) {
      const told = this.tried || cells[place.dataset.column];
      const mine = told ? problems.filter((one) => one.column === place.dataset.column) : [];
      place.textContent = mine.map((one) => one.message).join("; ");
      const field = this.form.elements[place.dataset.column];
      if (field instanceof Element) field.setAttribute("aria-invalid", String(mine.length > 0));
    }
    const named = new Set([...this.form.querySelectorAll("[data-column]")].map((one) => one.dataset.column));
    const others = problems.filter((one) => !named.has(one.column));
    const place = document.getElementById("form-problem");
    if (place) place.textContent = others.map((one) => one.message).join("; ");
  }

  async save() {
    if (!this.isOpen) return;
    this.tried = true;
    try {
      const cells = this.cells();
      const same = this.same && cells.claim === this.same.claim ? this.same.id : null;
      const step = await ask("save", { ...this.row, cells, same });
      this.dirty = false;
      this.close();
      this.onSaved(`saved ${step.after.id || "the row"} to ${step.table}`);
    } catch (error) {
      this.tell(error.problems || []);
      if (error.problems) this.showFaults(error.problems);
      else this.tellNow(error);
    }
  }

  // Says beside Save what is missing, and goes to the first of it.
  showFaults(problems) {
    const names = [...new Set(problems.map((one) => one.column).filter(Boolean))];
    const place = document.getElementById("form-problem");
    place.textContent = [`Not saved: look at ${names.join(", ") || "the row"}.`, place.textContent].filter(Boolean).join(" ");
    const first = [...this.form.querySelectorAll(".problem[data-column]")].find((one) => one.textContent);
    if (!first) return;
    first.closest("details")?.setAttribute("open", "");
    const box = first.parentElement;
    box.scrollIntoView({ block: "center" });
    box.querySelector("input, textarea, select")?.focus();
  }

  // Keeps what was typed into a row that is closed, so that it can be brought back.
  drop() {
    if (this.isOpen && this.dirty) this.dropped = { ...this.row, cells: this.cells(), offer: this.offer };
    document.getElementById("restore").hidden = !this.dropped;
  }

  restore() {
    const { table, cells, was, number, offer } = this.dropped;
    this.dropped = null;
    this.open(table, cells, { was, number, offer });
    this.dirty = true;
  }

  tellNow(error) {
    const place = document.getElementById("form-problem");
    const now = error.now ? ` It is now: ${Object.values(error.now).filter(Boolean).join(" | ")}` : "";
    place.textContent = `${error.message}.${now}`;
    if (error.now && this.row.was) this.row.was = error.now; // a second save is meant
  }

  async remove() {
    try {
      await ask("remove", { table: this.row.table, was: this.row.was });
      this.dirty = false;
      this.close();
      this.onSaved("removed the row");
    } catch (error) {
      this.tellNow(error);
    }
  }

  close() {
    this.drop();
    this.turn += 1;
    clearTimeout(this.timer);
    this.row = null;
    this.form.replaceChildren();
    document.getElementById("row-title").textContent = "Row";
    document.getElementById("no-row").hidden = false;
    this.effect.replaceChildren();
  }
}

function describe(severity, mitigates) {
  return `${severity.value} ${severity.label}: ${(mitigates && severity.mitigating) || severity.meaning}`;
}

function rank(order, name) {
  const at = order.indexOf(name);
  return at < 0 ? order.length : at;
}

function title(column) {
  const hint = HINTS[column.name];
  return [column.name.replaceAll("_", " "), ...(hint ? [" ", make("span", { class: "hint" }, hint)] : [])];
}

function choose(column, offer, start) {
  const offered = {
    start: offer.dates, end: offer.dates, known: offer.dates, date: offer.dates, decided: offer.dates,
    deployed: offer.dates, published: offer.dates, place: offer.places,
    claim: (offer.echoes || []).map((one) => one.claim),
    indicators: start.indicators.map((one) => one.code),
  };
  return (offered[column.name] || []).map((one) => make("option", { value: one }));
}

function tellEffect(box, effect, missing) {
  const names = [...new Set(missing.filter(Boolean))].map((one) => one.replaceAll("_", " "));
  if (!effect) return box.replaceChildren(names.length ? make("p", { class: "muted" }, `To see what it would move, complete: ${names.join(", ")}.`) : "");
  const score = (value) => (value === null ? "nothing on record" : value.toFixed(3));
  const move = (one) => `${one.month}: ${score(one.before)} to ${score(one.after)}${one.band ? `, ${one.band}` : ""}`;
  const months = effect.months.length ? [make("li", {}, effect.months.map(move).join("; "))] : [];
  const factors = effect.factors.map((one) => make("li", {}, `factor ${one.factor}, ${one.title}: ${one.change >= 0 ? "+" : ""}${one.change.toFixed(3)}`));
  const title = effect.months.length ? "If saved, it moves the score (0 to 1)" : "If saved";
  const from = effect.counts_from ? `It counts from ${effect.counts_from}, the day on which it became known.` : "";
  box.replaceChildren(make("h3", {}, title), make("ul", {}, ...months, ...factors), make("p", { class: "muted" }, [effect.why, from].filter(Boolean).join(" ")));
  return undefined;
}
