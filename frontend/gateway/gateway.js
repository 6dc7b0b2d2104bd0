// What the gateway's own pages do beyond plain HTML.

document.documentElement.dataset.script = "on";
