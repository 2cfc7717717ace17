// Seals and opens wrapped data keys with another implementation of HPKE and X-Wing. Reads one request as JSON from standard
// input and answers with one line of hexadecimal: {"act": "public", seed}, {"act": "wrap", data_key, public_key, info} or
// {"act": "unwrap", blob, seed, info}, every value in hexadecimal.

import { Aes256Gcm, CipherSuite, HkdfSha256 } from "@hpke/core";
import { XWing } from "@hpke/hybridkem-x-wing";

const VERSION = 1;
const ENCAPSULATED_LENGTH = 1120;

// A copy, because Buffer hands out views of a larger pool.
const unhex = (text) => new Uint8Array(Buffer.from(text, "hex"));
const hex = (bytes) => Buffer.from(bytes).toString("hex");
const joined = (...parts) => new Uint8Array(Buffer.concat(parts.map((part) => new Uint8Array(part))));
const versioned = (bytes) => joined([VERSION], bytes);

const kem = new XWing();
const suite = new CipherSuite({ kem, kdf: new HkdfSha256(), aead: new Aes256Gcm() });

async function publicKey({ seed }) {
  const pair = await kem.generateKeyPairDerand(unhex(seed));
  return kem.serializePublicKey(pair.publicKey);
}

async function wrap({ data_key, public_key, info }) {
  const recipientPublicKey = await kem.deserializePublicKey(unhex(public_key));
  const { enc, ct } = await suite.seal({ recipientPublicKey, info: versioned(unhex(info)) }, unhex(data_key));
  return versioned(joined(enc, ct));
}

async function unwrap({ blob, seed, info }) {
  const sealed = unhex(blob);
  if (sealed[0] !== VERSION) throw new Error("unknown version");
  const [enc, ct] = [sealed.slice(1, 1 + ENCAPSULATED_LENGTH), sealed.slice(1 + ENCAPSULATED_LENGTH)];
  const { privateKey } = await kem.generateKeyPairDerand(unhex(seed));
  return suite.open({ recipientKey: privateKey, enc, info: versioned(unhex(info)) }, ct);
}

const acts = { public: publicKey, wrap, unwrap };
let request = "";
for await (const chunk of process.stdin) request += chunk;
const { act, ...values } = JSON.parse(request);
process.stdout.write(hex(await acts[act](values)));
