// A list of messages, drawn once each.

/** Messages as rows, with a row for each new day; `key` changes when what is shown does. */
export function rows(messages) {
  const found = [];
  let day = null;
  let before = null;
  messages.forEach((message, n) => {
    const at = new Date(message.at);
    const today = at.toDateString();
    if (today !== day && today !== new Date().toDateString()) found.push({ day: at, key: today });
    const next = messages[n + 1];
    const last = next === undefined || next.direction !== message.direction;
    const first = before !== message.direction || today !== day;
    const sent = message.own ? `unsent ${message.own.refused}` : message.seq;
    found.push({ message, first, last, key: `${message.id} ${sent} ${first} ${last}` });
    day = today;
    before = message.direction;
  });
  return found;
}

/** Let `list` show `wanted`; rows that were there stay, so that they are not read out again. */
export function update(list, wanted, draw) {
  const there = new Map([...list.children].map((one) => [one.dataset.key, one]));
  const children = wanted.map((row) => {
    const known = there.get(row.key) ?? draw(row);
    known.dataset.key = row.key;
    return known;
  });
  const same = children.length === list.children.length && children.every((one, n) => one === list.children[n]);
  if (!same) list.replaceChildren(...children);
}
