/** The phone around the camera: it stays awake and bright while a face is shown, and as it was after. */
export interface Kept {
  release(): void;
}

/** What a phone refuses of it is done without. */
export function awakeAndBright(): Kept {
  let before: number | null = null;
  let released = false;
  wx.setKeepScreenOn({ keepScreenOn: true, fail: () => undefined });
  wx.getScreenBrightness({
    success: ({ value }) => {
      if (released) return;
      before = value;
      wx.setScreenBrightness({ value: 1, fail: () => undefined });
    },
    fail: () => undefined,
  });
  return {
    release() {
      if (released) return;
      released = true;
      wx.setKeepScreenOn({ keepScreenOn: false, fail: () => undefined });
      if (before !== null) wx.setScreenBrightness({ value: before, fail: () => undefined });
    },
  };
}

export function nudge(): void {
  wx.vibrateShort({ type: "light", fail: () => undefined });
}
