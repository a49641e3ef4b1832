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
        "ENCRYPTED": (
            "文件已加密，我们的证明从不加密。",
            "The file is encrypted; ours never are.",
        ),
        "UNREADABLE": ("文件已损坏，无法读取。", "The file is damaged and cannot be read."),
        "UNSIGNED": ("文件没有电子签名。", "The file carries no electronic signature."),
        "SEVERAL_SIGNATURES": (
            "文件有多个签名，我们的证明只有一个。",
            "It carries several signatures; ours carry one.",
        ),
        "SIGNATURE_BROKEN": (
            "签署后内容被改动过。",
            "What was signed has been altered.",
        ),
        "CHANGED_AFTER_SIGNING": (
            "签署后文件被添加了内容。",
            "Something was added after signing.",
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
    "findings": ("五项检查", "Five checks"),
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
    "submit": ("核验", "Check"),
    "nothing": (
        "请填写证照标识和校验码，或选择一个文件。",
        "Give identifier and check code, or choose a file.",
    ),
    "notice": (
        "持证人可以看到证明被核验过，但看不到核验人是谁。",
        "The holder can see that the certificate was checked, not by whom.",
    ),
    "root": ("根证书（供 PDF 阅读器使用）", "Root certificate, for PDF readers"),
    "other_language": ("English", "中文"),
}


def said(words: Words, language: str) -> str:
    """One of the two."""
    return words[1] if language == "en" else words[0]
