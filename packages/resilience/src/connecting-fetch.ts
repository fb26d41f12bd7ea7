const CONNECT_TIMEOUT = "UND_ERR_CONNECT_TIMEOUT";

/**
 * Node's fetch for the client of a provider: what it throws says so where no connection was made within its ten seconds.
 * Clients take every timeout for one of an answer that may be billed, and drop the reason; an error in whose words there
 * is no time they pass on as it is.
 */
export const connectingFetch: typeof fetch = async (input, init) => {
  try {
    return await fetch(input, init);
  } catch (error) {
    const { cause } = error as { cause?: { code?: unknown } };
    if (cause?.code !== CONNECT_TIMEOUT) throw error;
    throw Object.assign(new Error("No connection was made."), { code: CONNECT_TIMEOUT });
  }
};
