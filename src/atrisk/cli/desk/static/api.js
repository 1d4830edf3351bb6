// Asks the desk; an answer with an error is thrown with what it holds.
export async function ask(name, body = {}) {
  const found = await fetch(`/api/${name}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!found.ok) throw Object.assign(new Error(await found.text()), { problems: [] });
  const answer = await found.json();
  if (answer.error) throw Object.assign(new Error(answer.error), answer);
  return answer;
}

// Makes an element; text stays text.
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false || value === null) continue;
    element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children);
  return element;
}
