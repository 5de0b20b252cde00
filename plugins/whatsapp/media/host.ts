const hosts = /(?:^|\.)(?:fbsbx\.com|fbcdn\.net|facebook\.com)$/

/**
 * Whether a token may be sent to an address that the provider gave: to its own hosts by https alone, or to where the
 * operator says that the Graph API is. Which hosts there are was seen, not documented.
 */
export const mayHaveToken = (address: string, baseUrl: string): boolean => {
  const url = URL.parse(address)
  if (url === null || url.username !== "" || url.password !== "") return false
  if (url.origin === URL.parse(baseUrl)?.origin) return true
  return url.protocol === "https:" && url.port === "" && hosts.test(url.hostname)
}
