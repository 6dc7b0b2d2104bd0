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
        form = new Form(found, entry, changes);
        body.append(...form.elements);
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

/** The table of who may do what, and what one may change in it. */
class Form {
  constructor(found, entry, changes) {
    this.found = found;
    this.entry = entry;
    this.changes = changes;
    this.rows = [];
    this.below = make("input", { type: "checkbox", id: "rights-below" });
    this.choice = make("select", { id: "rights-add" });
    this.others = this.#row("Everybody else", found.others, "others");
    this.elements = [this.#table(), ...(changes ? this.#changing() : [])];
  }

  /** Returns what is to be set. */
  wanted() {
    return {
      people: this.#people.map((one) => ({ name: one.name, ...rightsOf(one) })),
      others: rightsOf(this.rows.find(({ what }) => what === "others")),
      recursive: this.below.checked,
    };
  }

  get #people() {
    return this.rows.filter(({ what }) => what === "person");
  }

  #table() {
    const { people, groups = [] } = this.found;
    const rows = [
      ...people.map((one) => this.#row(one.name, one, "person")),
      ...groups.map((one) => this.#row(`Group ${one.name}`, one, "group")),
      this.others,
    ];
    const heads = ["Who", "Read", "Write", this.entry.folder ? "Enter" : "Run"].map((text) =>
      make("th", { scope: "col", text }),
    );
    const last = make("th", {}, make("span", { class: "unseen", text: "Leave out" }));
    const head = make("thead", {}, make("tr", {}, ...heads, last));
    const table = make("table", { class: "rights" }, head, make("tbody", {}, ...rows));
    return make("div", { class: "rights-scroll" }, table);
  }

  #row(name, rights, what) {
    const fields = RIGHTS.map((right) => this.#field(name, rights, what, right));
    const cells = fields.map((field) => make("td", {}, field));
    const head = make("th", { scope: "row", text: name });
    const row = make("tr", {}, head, ...cells, make("td"));
    const one = { name, what, fields };
    this.rows.push(one);
    if (what === "person" && this.changes) row.lastChild.append(this.#leavingOut(one, row));
    return row;
  }

  #field(name, rights, what, right) {
    const fixed = what === "group" || (what === "others" && right === "write");
    const disabled = !this.changes || fixed;
    const field = make("input", { type: "checkbox", checked: rights[right], disabled });
    const does = right === "run" && this.entry.folder ? "enter" : right;
    field.setAttribute("aria-label", `${name} may ${does}`);
    return field;
  }

  #leavingOut(one, row) {
    const leave = () => {
      this.rows.splice(this.rows.indexOf(one), 1);
      row.remove();
      this.#offer();
    };
    return button(`Leave out ${one.name}`, leave, { sign: "cross", look: "quiet" });
  }

  #changing() {
    const label = make("label", { htmlFor: "rights-add", text: "Add" });
    const add = button("Add", () => this.#add(), { look: "button" });
    this.adder = make("p", { class: "adder" }, label, this.choice, add);
    this.#offer();
    if (!this.entry.folder) return [this.adder];
    const words = make("label", { htmlFor: "rights-below", text: "Also what is mine below it" });
    return [this.adder, make("p", { class: "tick-line" }, this.below, words)];
  }

  #add() {
    const name = this.choice.value;
    if (!name) return;
    const rights = { read: true, write: false, run: this.entry.folder };
    this.others.before(this.#row(name, rights, "person"));
    this.#offer();
  }

  /** Offers those of the team who are not in the table. */
  #offer() {
    const named = new Set(this.#people.map(({ name }) => name));
    const left = this.found.team.filter((name) => !named.has(name) && name !== this.found.owner);
    this.choice.replaceChildren(...left.map((name) => make("option", { value: name, text: name })));
    this.adder.hidden = left.length === 0;
  }
}

function rightsOf({ fields }) {
  return Object.fromEntries(RIGHTS.map((right, at) => [right, fields[at].checked]));
}
