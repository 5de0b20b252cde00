const hosts = /(?:^|\.)(?:fbsbx\.com|fbcdn\.net|facebook\.com)$/

/**
 * Returns true when a token may be sent to an address that the provider gave. Permits the provider's own hosts by
 * https, and the host that the operator configured for the Graph API. The list of hosts was observed, not documented.
 */
export const mayHaveToken = (address: string, baseUrl: string): boolean => {
  const url = URL.parse(address)
  if (url === null || url.username !== "" || url.password !== "") return false
  if (url.origin === URL.parse(baseUrl)?.origin) return true
  return url.protocol === "https:" && url.port === "" && hosts.test(url.hostname)
}
