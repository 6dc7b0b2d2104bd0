// Markdown, with the tables and lists of GitHub's.

import { markdown as base, markdownLanguage } from "@codemirror/lang-markdown";

export const markdown = () => base({ base: markdownLanguage });
