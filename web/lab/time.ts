/** `14:03:09` of this machine's day. */
export const clock = (at: number): string => new Date(at).toLocaleTimeString("en-GB")
