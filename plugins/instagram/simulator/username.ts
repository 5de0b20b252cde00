/** Name of every simulated account. */
export const username = "simulated.shop"
