/**
 * Shows that a capability took effect, after the provider's complete answer:
 * - `delivered`: a status of the delivery that returns the gateway's callback data;
 * - `sent`: a signed status `sent` that names the id of the answer;
 * - `echo`: an echo with the id of the answer, or with the gateway's callback data;
 * - `readBack`: the id of the answer in a read-back;
 * - `accepted`: the answer itself, since the provider shows nothing more.
 */
export type AcknowledgedBy = "delivered" | "sent" | "echo" | "readBack" | "accepted"
