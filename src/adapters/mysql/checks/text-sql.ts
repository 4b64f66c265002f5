/** A text in a character set that the functions of both servers take, whatever its own is. */
export function textSql(sql: string): string {
  return `CONVERT(${sql} USING utf8mb4)`;
}
