// Who may read, write and run a file: as a table, loaded when somebody asks.

import * as api from "./api.js";
import { ask } from "./dialogs.js";
import { button, make } from "./dom.js";
import { tell } from "./telling.js";
import { count } from "./ways.js";

const RIGHTS = ["read", "write", "run"];

/** Shows the rights of an entry, and sets them where one may. */
export async function askRights(entry, may) {
  let found = null;
  let form = null;
  const answer = await ask({
    title: `Permissions of “${entry.name || "the project"}”`,
    answers: may && entry.way ? [["ok", "Set them", "first"]] : [],
    dismiss: may && entry.way ? "Cancel" : "Close",
    async check() {
      if (!form) return found?.problem ?? "They are not known yet.";
      try {
        found = await api.setRights(entry.way, form.wanted());
        return "";
      } catch (error) {
        return error.message;
      }
    },
    async fill(body) {
      const wait = make("p", { class: "hint", role: "status", text: "Looking…" });
      body.append(wait);
      try {
        found = await api.rights(entry.way);
        const changes = may && entry.way !== "" && found.mine && found.acl;
        body.replaceChildren(...words(found, entry, may));
        form = table(body, found, entry, changes);
        if (!changes) {
          const [set, close] = body.closest("form").querySelectorAll(".dialog-foot button");
          if (close) set.remove();
          (close ?? set).textContent = "Close";
        }
      } catch (error) {
        found = { problem: error.message };
        wait.textContent = error.message;
      }
    },
  });
  if (answer && found) {
    const kept = found.kept ? ` ${count(found.kept, "thing")} of others stayed as they were.` : "";
    const below = found.changed ? ` So has what is below: ${count(found.changed, "thing")}.` : "";
    tell(`“${entry.name}” has its new permissions.${below}${kept}`);
  }
}

function words(found, entry, may) {
  const said = [
    make("p", {
      text: `It belongs to ${found.owner}${found.mine ? " (you)" : ""}. Its mode is ${found.mode}.`,
    }),
  ];
  let why = "";
  if (!found.acl)
    why = "On this node all files belong to one account: there are no permissions of people’s own.";
  else if (entry.way === "")
    why = "Who may use the project is set on its page, below Settings, Team.";
  else if (may && !found.mine) why = `Only ${found.owner} can change them.`;
  if (why) said.push(make("p", { class: "hint", text: why }));
  return said;
}

function table(body, found, entry, changes) {
  const rows = [];
  const list = make("tbody");
  const add = (name, rights, what) => {
    const fields = RIGHTS.map((right) => {
      const fixed = !changes || what === "group" || (what === "others" && right === "write");
      const field = make("input", { type: "checkbox", checked: rights[right], disabled: fixed });
      field.setAttribute(
        "aria-label",
        `${name} may ${right === "run" && entry.folder ? "enter" : right}`,
      );
      return field;
    });
    const head = make("th", { scope: "row", text: name });
    const row = make("tr", {}, head, ...fields.map((field) => make("td", {}, field)));
    const one = { name, what, fields };
    if (what === "person" && changes) {
      row.append(
        make(
          "td",
          {},
          button(
            `Leave out ${name}`,
            () => {
              rows.splice(rows.indexOf(one), 1);
              row.remove();
              offer();
            },
            { sign: "cross", look: "quiet" },
          ),
        ),
      );
    } else row.append(make("td"));
    rows.push(one);
    return row;
  };

  const others = add("Everybody else", found.others, "others");
  const people = found.people.map((one) => add(one.name, one, "person"));
  const groups = (found.groups ?? []).map((one) => add(`Group ${one.name}`, one, "group"));
  list.append(...people, ...groups, others);
  const heads = ["Who", "Read", "Write", entry.folder ? "Enter" : "Run"];
  body.append(
    make(
      "div",
      { class: "rights-scroll" },
      make(
        "table",
        { class: "rights" },
        make(
          "thead",
          {},
          make(
            "tr",
            {},
            ...heads.map((text) => make("th", { scope: "col", text })),
            make("th", {}, make("span", { class: "unseen", text: "Leave out" })),
          ),
        ),
        list,
      ),
    ),
  );

  const choice = make("select", { id: "rights-add" });
  const adder = make(
    "p",
    { class: "adder" },
    make("label", { htmlFor: "rights-add", text: "Add" }),
    choice,
    button(
      "Add",
      () => {
        if (!choice.value) return;
        others.before(add(choice.value, { read: true, write: false, run: entry.folder }, "person"));
        offer();
      },
      { look: "button" },
    ),
  );
  function offer() {
    const named = new Set(rows.filter(({ what }) => what === "person").map(({ name }) => name));
    const left = found.team.filter((name) => !named.has(name) && name !== found.owner);
    choice.replaceChildren(...left.map((name) => make("option", { value: name, text: name })));
    adder.hidden = left.length === 0;
  }
  offer();
  const recursive = make("input", { type: "checkbox", id: "rights-below" });
  if (changes) {
    body.append(adder);
    if (entry.folder)
      body.append(
        make(
          "p",
          { class: "tick-line" },
          recursive,
          make("label", { htmlFor: "rights-below", text: "Also what is mine below it" }),
        ),
      );
  }
  const rightsOf = ({ fields }) =>
    Object.fromEntries(RIGHTS.map((right, at) => [right, fields[at].checked]));
  return {
    wanted: () => ({
      people: rows
        .filter(({ what }) => what === "person")
        .map((one) => ({ name: one.name, ...rightsOf(one) })),
      others: rightsOf(rows.find(({ what }) => what === "others")),
      recursive: recursive.checked,
    }),
  };
}
