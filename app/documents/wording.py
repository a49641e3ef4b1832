"""The check page's words in both languages: a table, so that no code goes without."""

from __future__ import annotations

from typing import Final

Words = tuple[str, str]
"""Simplified Chinese, English."""

PARTS: Final[dict[str, Words]] = {
    "integrity": ("文件完整", "Unchanged"),
    "issuer": ("签发机关", "Issuer"),
    "status": ("证明状态", "Status"),
    "freshness": ("有效期", "Validity period"),
    "in_our_log": ("签发记录", "Our records"),
}
FINDINGS: Final[dict[str, dict[str, Words]]] = {
    "integrity": {
        "INTACT": ("签署后没有任何改动。", "Nothing was changed after signing."),
        "NOT_CHECKED": (
            "没有提交文件，请自行核对您手中文件的内容。",
            "No file was given: compare what your copy says yourself.",
        ),
        "NOT_A_PDF": ("这不是 PDF 文件。", "This is not a PDF file."),
        "TOO_LARGE": (
            "文件比我们签发的任何证明都大。",
            "The file is larger than any certificate of ours.",
        ),
        "TOO_MANY_PAGES": (
            "页数比我们签发的任何证明都多。",
            "It has more pages than any certificate of ours.",
        ),
        "TOO_MANY_OBJECTS": (
            "文件结构比我们签发的任何证明都复杂。",
            "It is built of more parts than any certificate of ours.",
        ),
        "PAGES_WRONG": (
            "文件的页面有缺失或互相矛盾。",
            "Its pages are missing or contradict one another.",
        ),
        "ENCRYPTED": (
            "文件已加密，我们的证明从不加密。",
            "The file is encrypted; ours never are.",
        ),
        "UNREADABLE": ("文件已损坏，无法读取。", "The file is damaged and cannot be read."),
        "TRUNCATED": ("文件不完整，缺少结尾部分。", "The end of the file is missing."),
        "SCRIPT": (
            "文件含有程序代码，我们的证明从不含有。请勿打开。",
            "It contains program code, which ours never do. Do not open it.",
        ),
        "ACTION": (
            "文件会在打开或点击时自动执行操作，我们的证明从不这样。请勿打开。",
            "It acts by itself when opened or clicked, which ours never do. Do not open it.",
        ),
        "XFA_FORM": (
            "文件含有可变的表单，我们的证明从不含有。",
            "It contains a form that can change what is shown, which ours never do.",
        ),
        "EMBEDDED_FILE": (
            "文件夹带了其他文件，我们的证明从不这样。请勿打开。",
            "Another file is hidden inside, which ours never carry. Do not open it.",
        ),
        "EXTERNAL_REFERENCE": (
            "文件指向外部地址或其他文件，我们的证明从不这样。",
            "It points at other addresses or files, which ours never do.",
        ),
        "LAYERS": (
            "文件含有可隐藏的图层，我们的证明从不含有。",
            "It has layers that can be hidden, which ours never have.",
        ),
        "UNUSUAL_FILTER": (
            "文件使用了我们的证明不用的数据格式。",
            "Its data are packed in a way that ours never are.",
        ),
        "UNSIGNED": ("文件没有电子签名。", "The file carries no electronic signature."),
        "SEVERAL_SIGNATURES": (
            "文件有多个签名，我们的证明只有一个。",
            "It carries several signatures; ours carry one.",
        ),
        "SIGNATURE_BROKEN": (
            "签署后内容被改动过。",
            "What was signed has been altered.",
        ),
        "RANGE_WRONG": (
            "签名没有涵盖整个文件，显示的内容可能不是签署的内容。",
            "The signature leaves parts out: what is shown may not be what was signed.",
        ),
        "CHANGED_AFTER_SIGNING": (
            "签署后文件被添加了内容。",
            "Something was added after signing.",
        ),
        "FOREIGN_FORM": (
            "文件不是我们签发时的样子：可能被其他软件另存过，或不是我们的证明。",
            "It is not built as ours are: re-saved by a program, or not one of ours.",
        ),
        "READINGS_DIFFER": (
            "两次独立检查的结果不一致，不能确认文件未被改动。",
            "Two independent readings disagree, so it cannot be said to be unchanged.",
        ),
        "TOO_COSTLY": (
            "文件结构异常，已停止检查。",
            "The file is built so oddly that the check was stopped.",
        ),
    },
    "issuer": {
        "TRUSTED": ("由政府部门的证书签署。", "Signed with a department's certificate."),
        "FOREIGN_ROOT": (
            "签名不是政府部门作出的。",
            "The signature is not that of a department.",
        ),
        "SIGNER_EXPIRED": (
            "签名所用的证书已过期。",
            "The signing certificate's time is over.",
        ),
        "SIGNER_NOT_YET_VALID": (
            "签名所用的证书尚未生效。",
            "The signing certificate is not valid yet.",
        ),
        "SIGNER_UNFIT": (
            "签名所用的证书不能用于签署证明。",
            "The signing certificate is not meant for documents.",
        ),
        "SIGNER_REVOKED": (
            "签名所用的证书已被吊销。",
            "The signing certificate was revoked.",
        ),
        "REVOCATION_UNKNOWN": (
            "无法确认签名所用的证书是否已被吊销。",
            "Whether the signing certificate was revoked cannot be told.",
        ),
        "READINGS_DIFFER": (
            "两次独立检查的结果不一致，不能确认签发机关。",
            "Two independent readings disagree about who signed.",
        ),
        "QR_TRUSTED": (
            "二维码由我们签署；没有提交文件，未检查文件的签名。",
            "We signed its QR code. No file was given: its own signature was not examined.",
        ),
        "QR_FORGED": (
            "二维码中的签名不是我们的，可能是伪造的。",
            "The QR code is not signed by us: it may be forged.",
        ),
        "NOT_CHECKED": (
            "没有提交文件，未检查签名。",
            "No file was given: its signature was not examined.",
        ),
        "UNKNOWN": ("看不出由谁签发。", "It does not show who issued it."),
    },
    "status": {
        "VALID": ("没有被暂停、替换或撤销。", "Not suspended, replaced or withdrawn."),
        "ISSUING": ("尚未签发完成。", "Not issued yet."),
        "SUSPENDED": ("已被暂停使用。", "Suspended: do not rely on it for now."),
        "SUPERSEDED": (
            "已被更新的版本替换，请索要新版。",
            "Replaced by a newer version: ask for that one.",
        ),
        "REVOKED": ("已被撤销。", "Withdrawn."),
        "EXPIRED": ("已过期。", "Expired."),
        "NOT_CHECKED": ("离线核验，未查询状态。", "Checked offline: not asked."),
        "UNKNOWN": ("无法得知。", "Not known."),
    },
    "freshness": {
        "CURRENT": ("在有效期内。", "Within its period."),
        "PROVISIONAL": (
            "在有效期内；依据的部门数据略旧。",
            "Within its period; made of slightly older data.",
        ),
        "EXPIRED": ("有效期已过。", "Its period is over."),
        "NOT_YET_VALID": ("有效期尚未开始。", "Its period has not begun."),
        "UNKNOWN": ("无法得知。", "Not known."),
    },
    "in_our_log": {
        "LISTED": ("我们签发过这份证明。", "We issued this certificate."),
        "UNLISTED": ("我们没有它的签发记录。", "We have no record of having issued it."),
        "NOT_CHECKED": ("离线核验，未查询记录。", "Checked offline: not looked up."),
    },
}
NOTES: Final[dict[str, Words]] = {
    "wrong_code": (
        "没有与此标识和校验码相符的证明，请检查是否输入有误。",
        "No certificate has this identifier and check code. See whether both were typed correctly.",
    ),
    "compare": (
        "您没有提交文件：请核对手中的证明与下列各项是否一致，或上传文件检查全部内容。",
        (
            "No file was given: compare your copy with these lines, or upload it to have all of it"
            " checked."
        ),
    ),
    "copy": (
        "打印、扫描或另存过的副本无法按文件核验，请改用其上的证照标识和校验码。",
        (
            "A printed, scanned or re-saved copy cannot be checked as a file: use the identifier"
            " and the check code on it."
        ),
    ),
}
TEXTS: Final[dict[str, Words]] = {
    "title": ("证明核验", "Check a certificate"),
    "product": ("一次都不跑", "Zero-Run"),
    "lead": (
        "核验一份由“一次都不跑”签发的证明是否真实、是否仍然有效。",
        "Find out whether a certificate issued by Zero-Run is genuine and still holds.",
    ),
    "valid": ("真实有效", "Genuine and valid"),
    "invalid": ("不可采信", "Do not rely on it"),
    "valid_code": ("记录有效", "On record and valid"),
    "certificate": ("证明", "Certificate"),
    "number": ("证照标识", "Identifier"),
    "holder": ("持证人", "Holder"),
    "issued": ("签发时间", "Issued"),
    "until": ("有效期至", "Valid until"),
    "version": ("版本", "Version"),
    "confirmed": ("部门确认", "Confirmed"),
    "confirmed_note": (
        "（文件上的“暂定”字样不再适用）",
        "(the file still says “provisional”, which no longer applies)",
    ),
    "findings": ("五项检查", "Five checks"),
    "checked": ("核验时间：", "Checked on "),
    "yes": ("是", "yes"),
    "no": ("否", "no"),
    "open": ("未查", "not examined"),
    "by_code": ("按标识核验", "By identifier"),
    "id": ("证照标识", "Identifier"),
    "id_hint": ("印在证明右上方", "At the top right of the certificate"),
    "code": ("校验码", "Check code"),
    "code_hint": ("二维码旁的 16 个字符", "The 16 characters beside the QR code"),
    "by_file": ("按文件核验", "By file"),
    "file": ("PDF 文件（不超过 5 MB）", "PDF file (5 MB at most)"),
    "file_hint": (
        "请使用原始文件；检查后不会保存。",
        "Use the original file. It is not kept.",
    ),
    "file_drop": ("也可以把文件拖到本页。", "Or drop it anywhere on this page."),
    "file_other": ("这不是 PDF 文件。", "This is not a PDF file."),
    "file_large": ("文件超过 5 MB，不是我们签发的证明。", "Over 5 MB: none of ours is that large."),
    "file_ready": ("已选好文件。", "The file is chosen."),
    "scan": ("扫二维码", "By QR code"),
    "scan_begin": ("打开摄像头", "Open the camera"),
    "scan_view": ("摄像头画面", "What the camera sees"),
    "scan_hint": (
        "扫描证明上的二维码；画面不会离开本机。",
        "Scan the QR code of the certificate. The pictures stay on this device.",
    ),
    "scan_opening": ("正在打开摄像头…", "Opening the camera…"),
    "scan_looking": ("请把二维码放在画面中央。", "Hold the QR code in the middle of the picture."),
    "scan_foreign": (
        "这个二维码不是本市证明的，请对准证明上的二维码。",
        "That QR code is not of a certificate of ours. Point at the one on the certificate.",
    ),
    "scan_denied": (
        "没有摄像头权限。请在浏览器里允许，或改用下面的方式。",
        "The camera is not allowed. Allow it in your browser, or use another way on this page.",
    ),
    "scan_absent": (
        "没有可用的摄像头，请改用下面的方式。",
        "There is no camera to use. Use another way on this page.",
    ),
    "scan_failed": (
        "摄像头未能打开，请重试或改用下面的方式。",
        "That did not work. Try again, or use another way on this page.",
    ),
    "submit": ("核验", "Check"),
    "nothing": (
        "请填写证照标识和校验码，或选择一个文件。",
        "Give identifier and check code, or choose a file.",
    ),
    "notice": (
        "持证人可以看到证明被核验过，但看不到核验人是谁。",
        "The holder can see that the certificate was checked, not by whom.",
    ),
    "offline": ("离线核验所需的公开文件：", "Published for checking offline:"),
    "root": ("根证书", "root certificate"),
    "signers": ("签名证书", "signers' certificates"),
    "keys": ("二维码公钥", "keys of QR codes"),
    "other_language": ("English", "中文"),
}


def said(words: Words, language: str) -> str:
    """One of the two."""
    return words[1] if language == "en" else words[0]
