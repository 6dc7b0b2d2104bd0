// Tells, above a notebook, who else has it open. Written by AEN; see aen/compute/opened.py.
//
// A container of module federation, as JupyterLab and Notebook load their extensions.

"use strict";

(() => {
  const NAME = "aen_opened";
  const EVERY = 20_000;
  let shares = null;

  /** Gives one of the application's own modules. */
  const module = async (name) => {
    const [share] = Object.values(shares[name]);
    return (await share.get())();
  };

  const sentence = (names) => {
    const all = new Intl.ListFormat("en").format(names);
    const verb = names.length === 1 ? "has" : "have";
    return `${all} ${verb} this notebook open, too. Whoever saves last overwrites what the others have saved.`;
  };

  const plugin = async () => {
    const [{ INotebookTracker }, { ServerConnection }, { Widget }] = await Promise.all([
      module("@jupyterlab/notebook"),
      module("@jupyterlab/services"),
      module("@lumino/widgets"),
    ]);
    const settings = ServerConnection.makeSettings();
    const notices = new Map();

    const show = (panel, names) => {
      let notice = notices.get(panel);
      if (!notice && names.length) {
        notice = new Widget();
        notice.addClass("aen-opened");
        notice.node.setAttribute("role", "status");
        Object.assign(notice.node.style, {
          background: "#fff3cd",
          color: "#4d3800",
          font: "var(--jp-ui-font-size1, 13px) var(--jp-ui-font-family, sans-serif)",
          minHeight: "28px",
          lineHeight: "28px",
          padding: "0 12px",
          overflow: "hidden",
          textOverflow: "ellipsis",
          whiteSpace: "nowrap",
        });
        notices.set(panel, notice);
        panel.contentHeader.addWidget(notice);
      }
      if (!notice) return;
      const text = names.length ? sentence(names) : "";
      if (notice.node.textContent !== text) notice.node.textContent = text;
      notice.node.title = text;
      notice.setHidden(!text);
    };

    const ask = async (panels, closed = []) => {
      const query = new URLSearchParams({ no_track_activity: "1" });
      for (const { context } of panels) query.append("open", context.path);
      for (const path of closed) query.append("closed", path);
      const url = `${settings.baseUrl}api/aen/opened?${query}`;
      const answer = await ServerConnection.makeRequest(url, {}, settings);
      if (!answer.ok) return;
      const { others } = await answer.json();
      for (const panel of panels) {
        if (!panel.isDisposed) show(panel, others[panel.context.path] ?? []);
      }
    };

    const activate = (app, tracker) => {
      const panels = new Set();
      let asked = Promise.resolve();
      const renew = (closed) => {
        // One at a time: a late answer must not hide what a later one shows.
        asked = asked.then(() => ask([...panels], closed)).catch(() => {});
      };
      tracker.widgetAdded.connect((_, panel) => {
        let path = panel.context.path;
        panels.add(panel);
        panel.context.pathChanged.connect(() => {
          renew([path]);
          path = panel.context.path;
        });
        panel.disposed.connect(() => {
          panels.delete(panel);
          notices.delete(panel);
          renew([path]);
        });
        renew();
      });
      setInterval(() => {
        if (panels.size) renew();
      }, EVERY);
    };

    return {
      id: `${NAME}:plugin`,
      description: "Tells who else has a notebook open.",
      autoStart: true,
      requires: [INotebookTracker],
      activate,
    };
  };

  window._JUPYTERLAB ??= {};
  window._JUPYTERLAB[NAME] = {
    init: (given) => {
      shares = given;
    },
    get: async () => {
      const made = await plugin();
      return () => made;
    },
  };
})();
