/** Why there is no picture; each has words of its own. */
export type CameraFault = "denied" | "missing" | "busy" | "insecure" | "lost";

export class CameraRefused extends Error {
  override readonly name = "CameraRefused";
  readonly fault: CameraFault;

  constructor(fault: CameraFault) {
    super(fault);
    this.fault = fault;
  }
}
