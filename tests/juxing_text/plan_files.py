"""Plans as offices write them, made here: invented text, written by other hands than those that read it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pylopdf_fonts_zh_cn
import typst

TYPED = """云间区防汛防台应急预案
（2026年修订）
目录
一、总则.......1
二、组织指挥体系........2
一、总则
（一）编制目的
为依法、快速、有序做好防汛工作，制定本预案。
（二）事件分级
按照危害程度分为特别重大（Ⅰ级）、重大（Ⅱ级）、较大（Ⅲ级）和一般（Ⅳ级）。
二、组织指挥体系
（一）区防汛指挥部
总指挥：张建国，副总指挥：李小红、欧阳明。联系电话：021-58001234。
1.区应急局：负责综合协调、信息汇总。
2.医疗救护组：负责伤病员救治。由王主任联系，手机13812345678。
（二）成员单位及职责
@单位|职责|联系人|电话;区水务局|负责排水、水闸调度|赵海|13900001111;转移安置组|组织低洼地区人员转移|孙丽|58002222
三、监测预警
（一）预警分级
红色预警：3小时内降雨量将达100毫米以上。
蓝色预警：12小时内降雨量将达50毫米以上。
四、应急响应
（一）Ⅰ级响应
1.启动条件
（1）市防汛指挥部发布暴雨红色预警；
（2）城区多处积水超过半米。
2.响应措施
（1）30分钟内，指挥长到岗，开设指挥部；
（2）由转移安置组负责，2小时内转移危房和底楼居民。
（二）Ⅱ级响应
1.启动条件
发布暴雨橙色预警的。
2.响应措施
（1）区水务局负责打开排水泵；
（三）Ⅲ级响应
当发布暴雨黄色预警时，启动Ⅲ级应急响应。
五、后期处置
张建国组织善后和复盘。
六、应急保障
@物资名称|数量|单位|存放地点|保管员;沙袋|2000|条|区仓库|钱进;水泵|12台||区仓库|;奇异浮舟|3|只|江边|
@避难场所名称|地址|面积（平方米）|容纳人数;一中操场|中路1号|3000|900;体育馆|北路2号|5000|1500
七、附则
本预案自发布之日起施行。值班电话：021-63000000，火警119。
附件1 联系方式
@姓名|职务|电话;周文斌|主任|18800002222"""
PERSONAL = (
    "张建国", "李小红", "欧阳明", "赵海", "孙丽", "钱进", "周文斌", "13812345678", "13900001111", "58001234",
    "58002222", "63000000", "18800002222",
)  # fmt: skip
DECIMAL = """沿江街道传染病疫情应急预案
1 总则
1.1 编制目的
为做好疫情应对，制定本预案。
1.2 适用范围
本街道。
2 组织机构与职责
2.1 街道领导小组
统一领导。
3 应急响应
3.1 Ⅱ级响应
3.1.1 启动条件
（1）本街道出现聚集性疫情；
3.1.2 响应措施
（1）社区书记负责，60分钟内组织上门排查；
4 后期处置
1.5 米以内的围挡拆除后，恢复通行。
5 保障措施
经费列入预算。"""
ARTICLES = """湖滨社区停电应急预案
第一章 总则
第一条 为了应对大面积停电，制定本预案。
第二条 本预案适用于本社区。
第二章 组织指挥
第三条 社区书记任指挥长。
第三章 应急处置
第四条 停电后，楼组长负责检查电梯是否困人。
第四章 保障措施
第五条 备好应急灯。"""


def word(text: str, change: Callable[[Any], None] | None = None) -> bytes:
    """Return a .docx of the lines; a line beginning with @ is a table, one beginning with # a styled heading."""
    document = docx.Document()
    for line in text.splitlines():
        if line.startswith("@"):
            rows = [row.split("|") for row in line[1:].split(";")]
            table = document.add_table(len(rows), len(rows[0]))
            for cells, row in zip(table.rows, rows, strict=True):
                for cell, value in zip(cells.cells, row, strict=True):
                    cell.text = value
        elif line.startswith("#"):
            level = len(line) - len(line.lstrip("#"))
            document.add_heading(line.lstrip("# "), level)
        else:
            document.add_paragraph(line)
    if change is not None:
        change(document)
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def pdf(text: str, *, header: str = "") -> bytes:
    """Return a PDF of the lines as typst sets them, tables as tables, a page number below."""
    parts = [f'#set page(header: [{header}], numbering: "1", margin: 2.5cm)', '#set text(font: "Noto Sans SC")']
    for line in text.splitlines():
        if line.startswith("@"):
            rows = [row.split("|") for row in line[1:].split(";")]
            cells = ", ".join(f'"{cell}"' for row in rows for cell in row)
            parts.append(f"#table(columns: (1fr,) * {len(rows[0])}, ..({cells}).map(text))")
        elif line == "---":
            parts.append("#pagebreak()")
        else:
            parts.append(f'#par(text("{line}"))')
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[str(Path(pylopdf_fonts_zh_cn.__file__).parent)])
    source = "\n".join(parts).encode()
    made: bytes = typst.compile(source, font_paths=fonts)
    return made


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    """Return a .docx with a part put in, or in the place of one."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            if info.filename != name:
                new.writestr(info.filename, old.read(info))
        new.writestr(name, part)
    return made.getvalue()
