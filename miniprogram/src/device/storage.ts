/** The mini-program's encrypted storage (AES-128 by the platform, readable by this app alone). */
export function stored(key: string): string | null {
  try {
    const told: unknown = wx.getStorageSync(key);
    return typeof told === "string" && told !== "" ? told : null;
  } catch {
    return null; // the storage is broken: as good as empty, the person signs in again
  }
}

export function keep(key: string, text: string | null): void {
  if (text === null) wx.removeStorageSync(key);
  else wx.setStorageSync(key, text);
}
