// What the form calls its rows and fields, and in which order they come.
export const FIRST = {
  evidence: ["quote", "summary", "indicators", "direction", "severity", "credibility", "start", "end", "known", "audience", "claim", "place"],
  warnings: ["quote", "summary", "issuer", "addressee", "date", "audience", "about", "specificity", "asked"],
  sources: ["title", "publisher", "published", "kind", "reliability", "extent"],
  responses: ["quote", "summary", "actor", "instrument", "measure", "proposed", "decided", "funded", "deployed", "full_strength", "ended", "effect", "protects_civilians", "promised", "delivered", "unit", "answers"],
  deliveries: ["response", "date", "promised", "delivered", "unit", "quote"],
  needs: ["quote", "summary", "date", "issuer", "needed", "unit"],
  searches: ["summary", "indicators", "start", "end", "known", "audience"],
};
// Credibility of the information, as the Admiralty code names it.
export const CREDIBILITY = [
  ["1", "1 confirmed"], ["2", "2 probably true"], ["3", "3 possibly true"], ["4", "4 doubtful"],
  ["5", "5 improbable"], ["6", "6 cannot be judged"],
];
export const RELIABILITY = {
  A: "A reliable", B: "B usually reliable", C: "C fairly reliable", D: "D not usually reliable",
  E: "E unreliable", F: "F cannot be judged",
};
// What a coder asks of a field; the data format has the whole of it.
export const HINTS = {
  quote: "the anchor: three to eight words that stand once in the document",
  summary: "the fact in your own words",
  indicators: "codes; several are separated by ;",
  start: "when it happened or began: 3 February 2020, 2020-02, or a range 2020-02-03/2020-02-10",
  end: "empty: at one point in time; ..: continuing",
  known: "first day on record; empty: when the source was published",
  date: "25 February 2020, 2020-02-25 or 2020-02",
  published: "2 March 2020, 2020-03-02 or 2020-03",
  kind: "report, press release, letter, news ...",
  claim: "one word for all rows that report the same fact",
  about: "one or more",
  extent: "how much of it you read",
  answers: "ids of the warnings that it answers, if the text says so",
  proposed: "date of the stage, or empty; at least one stage is needed",
  decided: "date", funded: "date", deployed: "date", full_strength: "date", ended: "date, if it is over",
  population: "to whom it happened", actors: "who did it", actor: "who acted", locator: "where in the document",
  announced: "yes, if it was set for later (a trial, an election)", derived: "leave empty: for rows made from event data",
  written: "the day on which its first readers had it, if it was published later", retrieved: "the day on which it was read",
  quotable: "no, if its words may not be shown", sha256: "tells the document; leave it as it is", id: "name of the row",
  confidential: "yes hides the words, strict names and places too", pillar: "of the Responsibility to Protect",
  inferred: "stages whose dates the text does not give", baseline: "the strength that was there before",
  noticed: "when those who were warned showed that they had heard it", accepted: "when they said that they agreed",
  promised: "a strength or a sum, as a number",
  delivered: "what of it came, as a number",
};
export const TITLES = {
  evidence: "New evidence", warnings: "New warning", responses: "New response", deliveries: "New delivery", needs: "New need",
  searches: "New search that found nothing",
};
export const LONG = new Set(["summary", "measure", "asked"]);
