/** Node's class. Its types declare methods as properties, and a class may not put methods in their place. */
const NodeResponse = Response as unknown as new (body: null, init: ResponseInit) => object;

/**
 * A response whose text has come. Node's own would make a stream of it and read that again, which costs more than all that
 * a client does with the answer; this one makes a stream only for who asks for one.
 */
class WholeResponse extends NodeResponse {
  readonly #text: string;
  readonly #init: ResponseInit;
  #streamed: Response | undefined;

  constructor(text: string, init: ResponseInit) {
    super(null, init);
    this.#text = text;
    this.#init = init;
  }

  async text() {
    return this.#text;
  }

  async json() {
    return JSON.parse(this.#text);
  }

  clone() {
    return new WholeResponse(this.#text, this.#init);
  }

  get body() {
    return this.#asStream().body;
  }

  arrayBuffer() {
    return this.#asStream().arrayBuffer();
  }

  blob() {
    return this.#asStream().blob();
  }

  formData() {
    return this.#asStream().formData();
  }

  /** Not every Node has it. */
  bytes() {
    return (this.#asStream() as Response & { bytes(): Promise<Uint8Array> }).bytes();
  }

  #asStream(): Response {
    this.#streamed ??= new Response(this.#text, this.#init);
    return this.#streamed;
  }
}

export function wholeResponse(text: string, init: ResponseInit): Response {
  return new WholeResponse(text, init) as unknown as Response;
}
