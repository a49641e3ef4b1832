/** Asks before something is done that others notice, or that cannot be undone. */
import { closeDialog, showConfirmDialog, type DialogOptions } from "vant";
import { COMMON } from "@/texts/common";
import { liesOver } from "./over";
import { t } from "./settings";

/** Whether the person is sure; the back button is a no. */
export function sure(asked: DialogOptions): Promise<boolean> {
  return new Promise((told) => {
    const forget = liesOver(() => {
      closeDialog();
      told(false);
    });
    const answered = (yes: boolean) => (): void => {
      forget();
      told(yes);
    };
    const words = { cancelButtonText: t(COMMON.cancel), ...asked, closeOnPopstate: false };
    showConfirmDialog(words).then(answered(true), answered(false));
  });
}
