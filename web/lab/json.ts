/** For reading: indented where it is JSON, else as it is. */
export const readable = (text: string): string => {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}

const most = 90

/** Its beginning, on one line. */
export const shortened = (text: string): string => (text.length > most ? `${text.slice(0, most)}…` : text)
