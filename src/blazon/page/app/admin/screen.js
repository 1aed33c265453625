// @ts-check
export function AdminScreen() {
  return null;
}
