// Passkeys: <form data-passkey-make="{…}"> makes one, <form data-passkey="{…}"> is confirmed with one before it is sent.
// What the browser answers goes into its field `credential`. Without script, or when the device says no, the password
// in the same form does it.
{
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt());
  const words = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const named = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

  const make = async ({ publicKey: asked }) => {
    const made = await navigator.credentials.create({ publicKey: {
      ...asked, challenge: bytes(asked.challenge), user: { ...asked.user, id: bytes(asked.user.id) }, excludeCredentials: named(asked.excludeCredentials),
    } });
    const { clientDataJSON, attestationObject } = made.response;
    return answer(made, { clientDataJSON: words(clientDataJSON), attestationObject: words(attestationObject) });
  };
  const sign = async ({ publicKey: asked }) => {
    const made = await navigator.credentials.get({ publicKey: { ...asked, challenge: bytes(asked.challenge), allowCredentials: named(asked.allowCredentials) } });
    const { clientDataJSON, authenticatorData, signature, userHandle } = made.response;
    return answer(made, {
      clientDataJSON: words(clientDataJSON), authenticatorData: words(authenticatorData), signature: words(signature), userHandle: userHandle ? words(userHandle) : null,
    });
  };
  const answer = (made, response) => JSON.stringify({ id: made.id, rawId: words(made.rawId), type: made.type, response, clientExtensionResults: made.getClientExtensionResults() });

  for (const form of document.querySelectorAll("form[data-passkey], form[data-passkey-make]")) {
    const { passkey, passkeyMake } = form.dataset, field = form.elements.credential;
    if (!window.PublicKeyCredential || !(passkey || passkeyMake)) continue;
    form.addEventListener("submit", async (event) => {
      // A typed password says by itself who it is.
      if (field.value || (passkey && form.elements.password?.value)) return;
      event.preventDefault();
      event.stopPropagation();
      if (!form.reportValidity()) return;
      try {
        field.value = passkey ? await sign(JSON.parse(passkey)) : await make(JSON.parse(passkeyMake));
        form.requestSubmit(event.submitter);
      } catch {
        const said = form.querySelector("[data-passkey-said]"), other = form.querySelector("details[data-passkey-else]");
        if (said) said.hidden = false;
        if (other) { other.open = true; other.querySelector("input").focus(); }
      }
    }, true);
  }
}
