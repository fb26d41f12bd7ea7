/** What else than its text may be asked of a body; not every Node has all of them. */
const OTHER_FORMS = ["arrayBuffer", "blob", "bytes", "formData"] as const;

/**
 * A response whose text has come. Node's own would make a stream of it and read that again, which costs more than all that
 * a client does with the answer; this one makes a stream only for who asks for one.
 */
export function wholeResponse(text: string, init: ResponseInit): Response {
  let streamed: Response | undefined;
  const asStream = () => {
    streamed ??= new Response(text, init);
    return streamed;
  };
  const others = OTHER_FORMS.map((form) => [form, { value: () => (asStream() as Bytes)[form]() }]);
  return Object.defineProperties(new Response(null, init), {
    text: { value: async () => text },
    json: { value: async () => JSON.parse(text) },
    body: { get: () => asStream().body },
    clone: { value: () => wholeResponse(text, init) },
    ...Object.fromEntries(others),
  });
}

type Bytes = Response & { bytes(): Promise<Uint8Array> };
