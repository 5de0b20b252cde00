/** Returns JSON indented; returns any other text unchanged. */
export const readable = (text: string): string => {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}

const most = 90

/** Returns the beginning of a text. */
export const shortened = (text: string): string => (text.length > most ? `${text.slice(0, most)}…` : text)
