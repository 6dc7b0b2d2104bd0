// What is to become of a file that two have changed.

import { later } from "./api.js";
import { ask } from "./dialogs.js";
import { make } from "./dom.js";

/**
 * Returns {how: "mine" | "theirs" | "as" | ""}; with `text` where both were put
 * together by hand. `theirs` is null where it is no text (any more).
 */
export async function settle(name, { gone, theirs, mine }) {
  if (gone) return { how: await askGone(name) };
  const keep = ["mine", "Keep mine", ""];
  const answers =
    theirs === null
      ? [["as", "Save mine as…", "first"], keep]
      : [
          ["compare", "Compare", "first"], // nothing is lost by a look
          keep,
          ["theirs", "Take theirs", ""],
          ["as", "Save mine as…", ""],
        ];
  const how = await ask({
    title: `“${name}” was changed meanwhile`,
    answers,
    dismiss: "Go on editing",
    fill(body) {
      body.append(
        make("p", {
          text: "Somebody, or a program, has saved it after you opened it. Keeping yours overwrites what they have saved.",
        }),
      );
    },
  });
  return how === "compare" ? compare(name, theirs, mine) : { how };
}

function askGone(name) {
  return ask({
    title: `“${name}” is no longer there`,
    answers: [
      ["mine", "Save it again", "first"],
      ["as", "Save as…", ""],
    ],
    dismiss: "Go on editing",
    fill: (body) =>
      body.append(make("p", { text: "It was moved or removed after you opened it." })),
  });
}

async function compare(name, theirs, mine) {
  const { compareView } = await later(() => import("./compare.js"));
  let view = null;
  const how = await ask({
    title: `Compare “${name}”`,
    look: "wide",
    answers: [
      ["mine", "Save the right side", "first"],
      ["theirs", "Take theirs", ""],
    ],
    dismiss: "Go on editing",
    fill(body) {
      const heads = make(
        "div",
        { class: "sides" },
        make("h3", { text: "Theirs, on the disk" }),
        make("h3", { text: "Yours, to be saved" }),
      );
      body.append(heads);
      view = compareView(body, { theirs, mine, name });
    },
  });
  const text = view.text();
  view.destroy();
  return how === "mine" ? { how, text } : { how };
}
