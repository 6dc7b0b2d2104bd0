// What the server's pages do beyond plain HTML.

import htmx from "htmx.org";

// Neither inline style nor eval: the content security policy allows none.
htmx.config.includeIndicatorStyles = false;
htmx.config.allowEval = false;
