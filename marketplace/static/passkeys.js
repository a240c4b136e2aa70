// Passkeys: lets the device answer a challenge, and sends the form with its answer.
(() => {
  "use strict";

  const bytesOf = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
  const textOf = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const named = (listed) => (listed ?? []).map((one) => ({ ...one, id: bytesOf(one.id) }));

  const make = async (options) => {
    const user = { ...options.user, id: bytesOf(options.user.id) };
    const publicKey = { ...options, user, challenge: bytesOf(options.challenge), excludeCredentials: named(options.excludeCredentials) };
    const made = await navigator.credentials.create({ publicKey });
    const { clientDataJSON, attestationObject } = made.response;
    return { made, response: { clientDataJSON: textOf(clientDataJSON), attestationObject: textOf(attestationObject) } };
  };

  const prove = async (options) => {
    const publicKey = { ...options, challenge: bytesOf(options.challenge), allowCredentials: named(options.allowCredentials) };
    const made = await navigator.credentials.get({ publicKey });
    const { clientDataJSON, authenticatorData, signature, userHandle } = made.response;
    return {
      made,
      response: {
        clientDataJSON: textOf(clientDataJSON),
        authenticatorData: textOf(authenticatorData),
        signature: textOf(signature),
        userHandle: userHandle ? textOf(userHandle) : null,
      },
    };
  };

  const failed = (error) => {
    if (error.name === "InvalidStateError") return "This device has a passkey for you here already.";
    if (error.name === "NotAllowedError") return "No passkey was used. Try again, or choose another way.";
    if (error.name === "SecurityError") return "Passkeys do not work at this address. Use the address that your alliance gave you.";
    return "That did not work. Load this page again and try once more.";
  };

  const ask = async (form) => {
    const status = form.querySelector("[data-passkey-status]");
    if (!window.PublicKeyCredential) {
      status.textContent = "This browser knows no passkeys. Use another way.";
      return;
    }
    status.textContent = "Waiting for your device.";
    try {
      const body = new FormData();
      body.set("csrf_token", form.elements.csrf_token.value);
      const answer = await fetch(form.dataset.passkeyChallenge, { method: "POST", body });
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      const { made, response } = await (form.dataset.passkey === "make" ? make : prove)(await answer.json());
      form.elements[form.dataset.passkeyAnswer].value = JSON.stringify({
        id: made.id,
        rawId: textOf(made.rawId),
        type: made.type,
        clientExtensionResults: made.getClientExtensionResults(),
        response,
      });
      form.submit();
    } catch (error) {
      status.textContent = failed(error);
    }
  };

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      ask(form);
    });
  }
})();
