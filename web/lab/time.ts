/** Returns the time of day on this machine: `14:03:09`. */
export const clock = (at: number): string => new Date(at).toLocaleTimeString("en-GB")
