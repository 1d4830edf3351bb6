// Passages on which coders differ, side by side, and what is settled of each.
import { ask, make } from "./api.js";

const SHOWN = ["summary", "indicators", "direction", "severity", "credibility", "start", "end", "known", "claim"];

export class Settling {
  constructor(say, { take, change }) {
    this.say = say;
    this.take = take;
    this.change = change;
    this.box = document.getElementById("settling");
    this.by = "";
  }

  toggle() {
    this.show(this.box.hidden);
    return this.refresh();
  }

  close() {
    this.show(false);
  }

  show(open) {
    this.box.hidden = !open;
    for (const id of ["passages", "reader-title"]) document.getElementById(id).hidden = open;
    document.getElementById("acts").classList.toggle("settling", open);
    document.getElementById("settle").setAttribute("aria-pressed", String(open));
  }

  // The list as the files are now, if it is open.
  refresh() {
    return this.box.hidden ? Promise.resolve() : this.fill().catch((error) => this.say(error.message));
  }

  async fill() {
    const found = await ask("differences");
    const open = found.passages.filter((one) => !one.by).length;
    const hidden = found.hidden ? ` ${found.hidden} confidential: settle them in the file.` : "";
    const alpha = found.alpha[0].indicators === null ? "" : ` Krippendorff's alpha on indicators by source: ${found.alpha[0].indicators.toFixed(2)}.`;
    this.box.replaceChildren(
      make("h2", {}, "Passages on which coders differ"),
      make("p", {}, `${found.passages.length} of them, ${open} to settle.${alpha}${hidden} Take over, change or remove rows so that evidence.csv holds what you decide; then write down the decision. No coder's own file is changed.`),
      ...found.passages.map((one) => this.card(one)),
    );
  }

  card(one) {
    const title = `${one.source}, ${one.locator}: ${one.differs}`;
    const beside = make("div", { class: "beside" }, ...Object.entries(one.coders).map(([coder, rows]) => this.column(coder, rows, one.differs)));
    return make("details", { class: "card", open: !one.by }, make("summary", {}, one.by ? `${title} (settled by ${one.by})` : title), beside, this.decide(one));
  }

  column(coder, rows, differs) {
    const told = rows.map((row) => {
      const list = make("dl", {}, ...SHOWN.filter((name) => row[name]).flatMap((name) => [
        make("dt", {}, name),
        make("dd", { class: differs.includes(name) && "differs" }, row[name]),
      ]));
      const act = make("button", { type: "button" }, coder === "settled" ? "Change or remove" : "Take over");
      act.addEventListener("click", () => (coder === "settled" ? this.change("evidence", row.id, null) : this.take(row)));
      return make("div", {}, make("b", {}, row.id), list, act);
    });
    return make("div", {}, make("h3", {}, coder), ...(told.length ? told : ["not coded"]));
  }

  decide(one) {
    const ids = [...new Set(Object.values(one.coders).flat().map((row) => row.id))];
    const kept = new Set(one.kept.split("; ").filter(Boolean));
    const boxes = ids.map((id) => make("label", {}, make("input", { type: "checkbox", name: "kept", value: id, checked: kept.has(id) }), ` keep ${id}`));
    const by = make("input", { "aria-label": "settled by", placeholder: "settled by", value: one.by || this.by });
    const reason = make("input", { "aria-label": "reason", placeholder: "why", value: one.reason });
    const problem = make("p", { class: "problem" });
    const form = make("form", {}, ...boxes, by, reason, make("button", { type: "submit" }, one.by ? "Settle again" : "Settle"), problem);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      this.by = by.value;
      const chosen = [...form.querySelectorAll("[name=kept]:checked")].map((box) => box.value);
      try {
        await ask("settle", { source: one.source, locator: one.locator, kept: chosen.join(";"), by: by.value, reason: reason.value, was: { by: one.by, on: one.on, reason: one.reason } });
        this.say(`settled ${one.source}, ${one.locator}`);
        await this.fill();
      } catch (error) {
        problem.textContent = (error.problems || []).map((fault) => `${fault.column}: ${fault.message}`).join("; ") || error.message;
      }
    });
    return form;
  }
}
