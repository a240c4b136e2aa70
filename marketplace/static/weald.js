// What a page can do better with JavaScript: no second sending of a form, selects that can be searched, drafts
// that are saved as people type, uploads and long jobs that show how far they are, forms that only lead on.
(() => {
  "use strict";
  const autocompleteAddress = document.currentScript.dataset.autocomplete;
  const PAUSE_IN_MILLISECONDS = 8000;
  const QUIET_IN_MILLISECONDS = 3000;
  const MEGABYTE = 1024 * 1024;

  const sendOnce = (form) => {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) {
        event.preventDefault();
        return;
      }
      form.dataset.sent = "yes";
      setTimeout(() => delete form.dataset.sent, PAUSE_IN_MILLISECONDS);
    });
  };

  const makeSearchable = (selects) => {
    const script = document.createElement("script");
    script.src = autocompleteAddress;
    script.addEventListener("load", () => {
      for (const select of selects) {
        const error = document.getElementById(`${select.id}-error`);
        const described = ["hint", "error"].map((part) => document.getElementById(`${select.id}-${part}`)?.innerText ?? "");
        window.accessibleAutocomplete.enhanceSelectElement({
          selectElement: select,
          defaultValue: select.value ? select.options[select.selectedIndex].text : "",
          preserveNullOptions: true,
          showAllValues: true,
          tAssistiveHint: () => `${described.join(" ")} Type to search, then use the up and down arrows and enter.`,
          inputClasses: error ? "govuk-input govuk-input--error" : "govuk-input",
        });
      }
    });
    document.head.append(script);
  };

  // Sends the form as its own button would, and puts the figures of the page that follows in their places
  const saveAsYouGo = (form) => {
    const status = form.querySelector("[data-autosave-status]");
    const state = { timer: 0, busy: false, again: false, stopped: false, pressed: null };

    const take = (text) => {
      const page = new DOMParser().parseFromString(text, "text/html");
      const refusal = page.querySelector(".govuk-error-summary");
      if (refusal) {
        const lines = [...refusal.querySelectorAll("li")].map((line) => line.textContent.trim());
        status.textContent = `Not saved yet. ${lines.join(" ")}`;
        return false;
      }
      for (const shown of document.querySelectorAll("[data-live]")) {
        const now = page.querySelector(`[data-live="${shown.dataset.live}"]`);
        if (now) shown.textContent = now.textContent;
      }
      const version = page.querySelector("form[data-autosave] input[name=version]");
      if (version) form.elements.version.value = version.value;
      const time = new Date().toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
      status.textContent = `Saved at ${time}.`;
      return true;
    };

    const save = async () => {
      if (state.stopped) return;
      if (state.busy) {
        state.again = true;
        return;
      }
      state.busy = true;
      const body = new FormData(form);
      body.set("next", "save");
      try {
        const answer = await fetch(form.action || window.location.href, { method: "POST", body });
        const known = answer.url.split("?")[0] === (form.action || window.location.href).split("?")[0];
        if (!known) {
          state.stopped = true;
          status.textContent = "Not saved: you are not signed in any more. Sign in in another tab, then save here.";
        } else {
          take(await answer.text());
          state.stopped = answer.status === 409;
        }
      } catch {
        status.textContent = "Not saved yet: there is no connection. What you typed is still here.";
      }
      state.busy = false;
      if (state.pressed) {
        const pressed = state.pressed;
        state.pressed = null;
        delete form.dataset.sent;
        form.requestSubmit(pressed);
      } else if (state.again) {
        state.again = false;
        later();
      }
    };

    const later = () => {
      clearTimeout(state.timer);
      state.timer = setTimeout(save, QUIET_IN_MILLISECONDS);
    };

    form.addEventListener("input", later);
    form.addEventListener("submit", (event) => {
      clearTimeout(state.timer);
      if (state.busy && !event.defaultPrevented) {
        event.preventDefault();
        state.pressed = event.submitter;
      }
    });
  };

  const showUpload = (form) => {
    const shown = form.querySelector("[data-upload]");
    const words = form.querySelector("[data-upload-words]");
    const bar = shown.querySelector("progress");
    const megabytes = (bytes) => (bytes / MEGABYTE).toFixed(1);

    form.addEventListener("submit", (event) => {
      if (event.defaultPrevented) return;
      event.preventDefault();
      const request = new XMLHttpRequest();
      const fail = (message) => {
        words.textContent = message;
        bar.hidden = true;
        delete form.dataset.sent;
      };
      request.upload.addEventListener("progress", (progress) => {
        bar.max = progress.total;
        bar.value = progress.loaded;
        words.textContent =
          progress.loaded < progress.total
            ? `Uploaded ${megabytes(progress.loaded)} of ${megabytes(progress.total)} MB`
            : "Uploaded. The file is being checked and sealed.";
      });
      request.addEventListener("load", () => {
        if (request.status === 200 && request.response?.address) {
          window.location.assign(request.response.address);
        } else {
          fail(request.response?.message || "The file was not taken. It must be smaller than 50 MB.");
        }
      });
      request.addEventListener("error", () =>
        fail("The connection was cut before the whole file had arrived. Your draft is as it was; choose the file again."),
      );
      shown.hidden = false;
      bar.hidden = false;
      request.open("POST", form.action || window.location.href);
      request.responseType = "json";
      request.setRequestHeader("Accept", "application/json");
      request.send(new FormData(form));
    });
  };

  // Puts what the page says by now in the place of what it said, until it says that nothing more will come
  const keepCurrent = (shown) => {
    const look = async () => {
      try {
        const answer = await fetch(window.location.href);
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const now = page.querySelector("[data-current]");
        if (!now) return;
        shown.replaceWith(now);
        if (now.dataset.current) keepCurrent(now);
      } catch {
        keepCurrent(shown);
      }
    };
    if (shown.dataset.current) setTimeout(look, Number(shown.dataset.current));
  };

  // Sends a form that only leads on; not for who comes back to it with the browser's own button
  const sendAtOnce = (form) => {
    const [arrived] = performance.getEntriesByType("navigation");
    if (arrived?.type !== "back_forward") form.requestSubmit();
  };

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("form[data-send-once]").forEach(sendOnce);
    document.querySelectorAll("form[data-autosave]").forEach(saveAsYouGo);
    document.querySelectorAll("form[data-send-at-once]").forEach(sendAtOnce);
    document.querySelectorAll("[data-upload]").forEach((shown) => showUpload(shown.closest("form")));
    document.querySelectorAll("[data-current]").forEach(keepCurrent);
    const selects = document.querySelectorAll("select[data-searchable]");
    if (selects.length > 0) {
      makeSearchable(selects);
    }
  });

  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
  });
})();
