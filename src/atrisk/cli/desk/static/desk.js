// The coding page: documents at the left, the text in the middle, the row at the right.
import { ask, make } from "./api.js";
import { Form } from "./form.js";
import { Reader } from "./reader.js";
import { Settling } from "./settling.js";

const KEYS = { e: "evidence", w: "warnings", r: "responses", d: "deliveries", n: "needs", s: "searches" };
const said = document.getElementById("said");

function say(text) {
  said.textContent = text;
}

async function begin() {
  const start = await ask("start");
  document.title = `${start.case}: code`;
  document.getElementById("case").textContent = start.coder ? `${start.case}, coder ${start.coder}` : start.case;
  document.getElementById("skipped").replaceChildren(
    ...start.skipped.map(([name, why]) => make("li", { class: "muted" }, `not read: ${name}: ${why}`)),
  );
  const reader = new Reader(start.documents, listSource, (indicator) => code("evidence", indicator));
  const form = new Form(start, async (text) => {
    reader.stand(reader.here);
    await refresh(); // which takes the focus from nobody who types on
    await settling.refresh();
    say(text);
  });

  function tellState({ hidden: count, undo }) {
    document.getElementById("undo").disabled = !undo;
    const place = document.getElementById("kept-out");
    place.hidden = !count;
    place.textContent = `${count} confidential row${count === 1 ? " is" : "s are"} kept out of this page`;
  }

  async function refresh() {
    const again = await ask("start");
    reader.documents = again.documents;
    tellState(again);
    if (reader.number === null) reader.fill();
    else await reader.open(reader.number);
    await tellCoverage();
    if (document.getElementById("curve").childElementCount) await tellCurve(); // as it grows, once asked for
  }

  async function code(table, indicators = "") {
    const chosen = reader.select();
    if (!chosen) return say("choose a document first");
    try {
      const offer = await ask("offer", { ...chosen, table });
      const { dates, places } = offer;
      const sure = (found) => (found.length === 1 && !/[(?]/.test(found[0]) ? found[0] : "");
      const cells = { ...offer, start: sure(dates), date: sure(dates), place: sure(places), indicators };
      form.open(table, cells, { offer, number: chosen.number, words: chosen.text });
      const words = chosen.text.split(/\s+/).length;
      const anchor = offer.quote && words > 8 ? `the anchor is "${offer.quote}": at most eight words that stand once in the document` : "";
      say(offer.why || anchor);
    } catch (error) {
      say(error.message);
    }
    return undefined;
  }

  async function change(table, id, number = reader.number) {
    const { rows } = await ask("rows", { table });
    const row = rows.find((one) => one.id === id);
    if (row) form.open(table, row, { was: row, number });
    else say("this row is confidential; change it in the file");
  }

  // Opens the row of a document's source; of one that is not listed yet, once it is.
  async function listSource(one) {
    try {
      if (one.source) return await change("sources", one.source, one.number);
      const { row, dates } = await ask("list", { number: one.number });
      await refresh();
      await reader.open(one.number);
      form.open("sources", row, { was: row, number: one.number, fresh: true, offer: { dates } });
      say(`listed as ${row.id}; complete the row and save it`);
    } catch (error) {
      say(error.message);
    }
    return undefined;
  }

  async function tellCurve() {
    const found = await ask("reading");
    const shares = found.curve.map((one) => make("li", {}, `${Math.round(100 * one.share)} % of the rows: mean score ${one.mean_score.toFixed(3)} ± ${one.deviation.toFixed(3)}`));
    const verdict = found.verdict ? `${found.verdict[0].toUpperCase()}${found.verdict.slice(1)}.` : found.why;
    const note = shares.length ? "Mean score of random parts of the rows, ± its standard deviation between parts." : "";
    document.getElementById("curve").replaceChildren(make("p", {}, verdict), make("ul", {}, ...shares), make("p", { class: "muted" }, note));
  }

  async function undo() {
    try {
      const step = await ask("undo");
      const row = (step.before || step.after || {}).id || "a row";
      say(`took back the last save: ${row} of ${step.table}`);
      await refresh();
      await settling.refresh();
    } catch (error) {
      say(error.message);
    }
  }

  const settling = new Settling(say, { take: takeOver, change });
  const settle = document.getElementById("settle");
  settle.hidden = !start.coders.length;
  settle.addEventListener("click", () => settling.toggle());
  document.getElementById("documents").addEventListener("click", () => settling.close());

  // Another coder's row, as a new one of the rows that were settled, under an id that is free.
  async function takeOver(cells) {
    const { rows } = await ask("rows", { table: "evidence" });
    const taken = new Set(rows.map((one) => one.id));
    let id = cells.id;
    for (let count = 2; taken.has(id); count += 1) id = `${cells.id}-${count}`;
    form.open("evidence", { ...cells, id }, {});
  }

  document.getElementById("extent").addEventListener("change", async (event) => {
    try {
      await ask("read", { number: reader.number, extent: event.target.value });
      say("saved how much was read");
      await refresh();
    } catch (error) {
      say(error.message);
      event.target.value = reader.documents[reader.number].extent;
    }
  });
  document.getElementById("undo").addEventListener("click", undo);
  document.getElementById("restore").addEventListener("click", () => form.restore());
  document.getElementById("hide-drafts").addEventListener("click", (event) => {
    const hidden = document.getElementById("passages").classList.toggle("no-drafts");
    event.target.setAttribute("aria-pressed", String(hidden));
  });
  document.getElementById("tell-curve").addEventListener("click", () => tellCurve().catch((error) => say(error.message)));
  document.getElementById("acts").addEventListener("mousedown", (event) => event.preventDefault()); // keeps the selection
  document.getElementById("acts").addEventListener("click", (event) => {
    const button = event.target.closest("[data-table]");
    if (button) code(button.dataset.table);
  });
  document.getElementById("passages").addEventListener("click", (event) => {
    const found = event.target.closest("mark");
    if (found && !String(window.getSelection())) change(...found.title.split(": "));
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && form.isOpen) {
      event.preventDefault();
      form.save();
    } else if (event.key === "Escape" && form.isOpen) {
      form.close();
      reader.stand(reader.here);
    } else if (!isTyping(event) && !form.isOpen) {
      const act = {
        j: () => reader.move(1),
        k: () => reader.move(-1),
        f: () => reader.moveOn() || say("something is coded from every passage"),
        u: undo,
      }[event.key];
      if (act) act();
      else if (/^Arrow(Left|Right)$/.test(event.key) && event.target.closest(".passage")) {
        reader.selectWord(event.key === "ArrowRight", event.shiftKey);
      }
      else if (event.key in KEYS) code(KEYS[event.key]);
      else return;
      event.preventDefault();
    }
  });

  if (start.draft && start.draft.cells) {
    if (Number.isInteger(start.draft.number)) await reader.open(start.draft.number);
    form.open(start.draft.table, start.draft.cells, { was: start.draft.was, number: start.draft.number });
    say("the row that was being typed is back");
  }
  tellState(start);
  await tellCoverage();
}

function isTyping(event) {
  return event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
}

async function tellCoverage() {
  const found = await ask("coverage");
  const covered = found.coverage === null ? "" : `${found.rows} row${found.rows === 1 ? "" : "s"} of evidence; ${found.indicators} of ${found.of} indicators have been looked at`;
  document.getElementById("covered").textContent = [covered, found.why].filter(Boolean).join("; ");
  document.getElementById("unseen-title").hidden = !found.unseen.length;
  document.getElementById("unseen").replaceChildren(...found.unseen.map((one) => make("li", {}, `${one.factor} ${one.title}`)));
}

begin().catch((error) => say(error.message));
