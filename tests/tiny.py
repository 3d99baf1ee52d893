"""A tiny but whole data folder, written by tests that need to break or change it."""

import textwrap

FILES = {
    "law/groups.csv": "group,country,from,until,source\nEU,DEU,,,treaty\ncolumn2,RUS,,,GN 3(b)\n",
    "law/countries.csv": (
        "iso3,name,also,valuation\nUSA,United States,US,FOB\nKOR,Korea,KR,CIF\nMEX,Mexico,MX,CIF\n"
        "DEU,Germany,DE,CIF\nVNM,Viet Nam,VN Vietnam,CIF\nRUS,Russia,RU,CIF\n"
    ),
    "law/attributes.yaml": """
        attributes:
          - {id: claim, kind: choice, choices: [none, usmca, korus], default: none, title: Claim, source: GN}
          - {id: approved, kind: bool, default: false, title: Approved, source: note}
          - {id: use, kind: choice, choices: [car, other], default: null, title: Use, source: note}
          - {id: us_content, kind: number, default: null, title: US content, source: note}
          - {id: steel_share, kind: number, default: null, title: Steel, source: note}
          - {id: aluminum_share, kind: number, default: null, title: Aluminium, source: note}
          - {id: melt, kind: number, default: 0.0, title: Melted share, source: note}
    """,
    "law/us/lines.csv": (
        "hts8,from,until,mfn_rate,mfn_text,korus_rate,korus_text,usmca_rate,usmca_text,"
        "japan_rate,japan_text,column2_rate,column2_text,unit,revision\n"
        "27101215,2018-01-01,,,52.5c/bbl,0,,0,,,,,$1.05/bbl,bbl,x\n"
        "72083900,2018-01-01,,0,,,,,,,,0.2,,kg,x\n"
        "85171300,2018-01-01,,0,,,,,,,,0.35,,No.,x\n"
        "87032301,2018-01-01,2025-12-31,0.025,,0,,0,,,,0.1,,No.,x\n"
        "87032301,2026-01-01,,0.02,,0,,0,,,,0.1,,No.,x\n"
        "87082951,2018-01-01,,0.025,,0,,0,,,,0.25,,No.,x\n"
    ),
    "law/us/statistical.csv": "hts10,from,until\n8703230110,,\n8703230190,,\n",
    "law/gaps.csv": (
        "importer,action,gap,bias,as_of,source\nUSA,us-cars,Vans,too low,2026-10-10,s\n"
    ),
    "law/us/fees.csv": (
        "fee,rate,min_usd,max_usd,from,until,free_claims,arrives_by,source,note\n"
        "processing,0.003,30,600,2020-01-01,9999-12-31,usmca,,s,\n"
        "harbor,0.001,0,,2020-01-01,9999-12-31,,sea,s,\n"
    ),
    "law/origin.yaml": """
        agreements:
          - {id: usmca, title: Area, members: [USA, MEX], high_wage: [USA], de_minimis: 0.1, source: s}
        rules:
          - id: cars
            agreement: usmca
            title: Cars
            scope: ["8703"]
            from: 2020-07-01
            alternatives:
              - [{kind: regional_value, method: net_cost, threshold: 0.75}]
            source: annex
            grade: B
          - id: other
            agreement: usmca
            title: All else
            scope: [""]
            from: 2020-07-01
            alternatives:
              - [{kind: tariff_shift, level: 4}]
            source: annex
            grade: C
    """,
    "economy/reciprocal_formula.csv": (
        "country,exports_usd,imports_usd,announced_rate,part,floor,year,grade,source,note\n"
        "KOR,50,100,0.25,0.5,0.1,2024,B,s,\n"
    ),
    "conflicts.csv": (
        "id,topic,title,statement,value,unit,stated_by,stated_on,source,kind,scenario,key,set_to,"
        "subject,metric,note\n"
        "a-1,a,A,One,1,x,Somebody,2025,s,nothing,,,,,,\n"
    ),
    "law/us/coverage.csv": "authority,hts_prefix,note\n",
    "law/us/utilisation.csv": (
        "origin,program,prefix,share,period,grade,source,note\n"
        "KOR,korus,87,0.5,2025,D,s,\nKOR,korus,870323,0.8,2025,D,s,\nMEX,usmca,87,1,2025,D,s,\n"
    ),
    "law/us/lists/exempt.csv": (
        "hts,class,from,until,source\n851713,unconditional,2025-04-05,,memo\n8703230110,ex,,,memo\n"
    ),
    "law/us/cars.yaml": """
        id: us-cars
        importer: USA
        authority: s232_autos
        component: s232
        title: Cars
        instrument: Proc 1
        scope: {hts: ["8703.23"]}
        displaces: [reciprocal, steel]
        measures:
          - {id: all, from: 2025-04-03, known: 2025-03-26, rate: 0.25, source: "Proc 1"}
          - {id: kor, from: 2025-11-01, known: 2025-12-04, origin: KOR, all_in: 0.15, source: "90 FR"}
          - {id: usmca, from: 2025-04-03, known: 2025-03-26, origin: [MEX], rate: 0.25,
             when: {claim: usmca, approved: true}, base: {part: outside_us_content}, source: "note"}
    """,
    "law/us/steel.yaml": """
        id: us-steel
        importer: USA
        authority: steel
        component: s232
        title: Steel
        instrument: Proc 2
        scope: {hts: ["7208", "8703", "8708.29"]}
        displaces: [reciprocal]
        measures:
          - {id: content, from: 2025-06-04, known: 2025-06-03, rate: 0.5,
             base: {part: content, material: steel}, source: "Proc 2"}
          - {id: uk, from: 2025-06-04, known: 2025-06-03, origin: DEU, rate: 0.25,
             when: {melt: 0.95}, source: "Proc 2"}
    """,
    "law/us/reciprocal.yaml": """
        id: us-reciprocal
        importer: USA
        authority: reciprocal
        component: ieepa_reciprocal
        title: Reciprocal
        instrument: EO
        scope: {all: true}
        measures:
          - {id: base, from: 2025-04-05, known: 2025-04-02, not_origin: [MEX], rate: 0.1, source: "EO"}
          - {id: eu, from: 2025-08-07, known: 2025-07-31, origin: EU, all_in: 0.15, source: "EO"}
          - {id: vnm, from: 2025-08-07, known: 2025-07-31, origin: VNM, rate: 0.2, source: "EO"}
          - {id: vnm-threat, from: 2025-07-01, known: 2025-06-30, origin: VNM, rate: 0.46,
             status: announced, source: "EO"}
          - {id: capped, from: 2026-01-01, known: 2026-01-01, origin: KOR, rate: 0.1, cap: 0.11,
             scope: {hts: ["8708"]}, source: "EO"}
        exemptions:
          - {id: phones, from: 2025-04-05, known: 2025-04-11, scope: {lists: [exempt], use: [unconditional]},
             source: "memo"}
          - {id: use, from: 2025-04-05, known: 2025-04-02, scope: {hts: ["8708"]}, when: {use: car},
             source: "EO"}
        ends:
          - {from: 2026-02-24, known: 2026-02-20, status: void, source: "ruling"}
    """,
    "law/us/fee.yaml": """
        id: us-specific
        importer: USA
        authority: s201
        component: s201
        title: Specific
        instrument: Proc 3
        scope: {hts: ["7208.39"]}
        measures:
          - {id: kg, from: 2025-01-01, known: 2025-01-01, specific_usd_per_unit: 0.1, source: "Proc 3"}
    """,
    "law/mex/mfn.yaml": """
        id: mex-mfn
        importer: MEX
        authority: mfn
        component: mfn
        title: IGI
        instrument: LIGIE
        scope: {all: true}
        measures:
          - {id: all, from: 2018-01-01, known: 2018-01-01, rate: 0.05, source: "LIGIE"}
    """,
    "firms/car.yaml": """
        id: car
        title: Car
        firm: Firm
        market: USA
        unit: vehicle
        year: 2025
        sector: cars
        customs_value_usd: {low: 9000, central: 10000, high: 11000, grade: C, source: s}
        parts_freight_share: {low: 0.01, central: 0.02, high: 0.03, grade: D, source: s}
        reference_route: mexico
        sites:
          - {id: plant, title: Plant, country: MEX, maker: KOR, lat: 25, lon: -100}
          - {id: korea, title: Korea, country: KOR, maker: KOR, lat: 37, lon: 127}
          - {id: us, title: US, country: USA, maker: USA, lat: 33, lon: -85}
        parts:
          - {id: assembly, title: Assembly, hts: "8703.23.01", industry: cars,
             share: {low: 0.2, central: 0.3, high: 0.4, grade: D, source: s}}
          - {id: body, title: Body, hts: "8708.29.51", into: assembly, industry: cars,
             share: {low: 0.3, central: 0.3, high: 0.3, grade: D, source: s}, materials: {steel: 0.5},
             making: {made_at: [{site: korea, split: 0.5}, {site: us, split: 0.5}], grade: D, source: s}}
          - {id: engine, title: Engine, hts: "8708.29.51", into: assembly, industry: cars,
             share: {low: 0.4, central: 0.4, high: 0.4, grade: D, source: s},
             making: {made_at: [{site: us, split: 1}], grade: D, source: s}}
        routes:
          - id: mexico
            title: Mexico
            assembly: plant
            volume: {low: 90000, central: 100000, high: 110000, grade: B, source: s}
            cost_index: {low: 1, central: 1, high: 1, grade: D, source: s}
            freight_share: {low: 0.01, central: 0.02, high: 0.03, grade: D, source: s}
            crossings:
              - {part: assembly, into_country: USA, attributes: {claim: usmca, approved: true}, source: s}
    """,
    "economy/correlations.csv": "first,second,correlation,grade,source,note\n",
    "economy/categories.csv": (
        "category,title,unit,units_low,units_central,units_high,grade,source,note\n"
        "us-cars,Cars,vehicle,900000,1000000,1100000,B,s,\n"
    ),
    "economy/mrio/regions.csv": (
        "region,title,members,rate_origin,imports_of,note\n"
        "MEX,Mexico,MEX,MEX,MEX,\nUSA,United States,USA,,,\n"
    ),
    "economy/mrio/industries.csv": (
        "industry,title,isic,goods,sector,note\ncars,Cars,C29,1,cars,\nservices,Services,I-T,0,,\n"
    ),
    # Each row: inputs and final demand; columns add up with value added of 60, 90, 100 and 290.
    "economy/mrio/flows.csv": (
        "country,industry,MEX.cars,MEX.services,USA.cars,USA.services,MEX.final,USA.final\n"
        "MEX,cars,20,,10,,30,40\nMEX,services,20,10,,,70,\n"
        "USA,cars,,,40,10,,150\nUSA,services,,,50,100,,250\n"
    ),
    "economy/mrio/accounts.csv": (
        "country,industry,output_musd,value_added_musd,jobs_low,jobs_central,jobs_high,jobs_grade,"
        "source,note\n"
        "MEX,cars,100,60,800,1000,1200,B,s,\nMEX,services,100,90,2000,2500,3000,B,s,\n"
        "USA,cars,200,100,400,500,600,B,s,\nUSA,services,400,290,,,,D,s,\n"
    ),
    "economy/mrio/hts.csv": "prefix,industry,source\n87,cars,s\n",
    "economy/mrio/us_imports.csv": (
        "hts,origin,imports_kusd,year,source\n87032301,MEX,45000,2024,s\n"
        "87032301,DEU,90000,2024,s\n87082951,DEU,10000,2024,s\n87032301,KOR,75000,2024,s\n"
    ),
    "economy/mrio/us_import_totals.csv": (
        "origin,industry,imports_kusd,year,source\nMEX,cars,50000,2024,s\n"
        "MEX,unassigned,1000,2024,s\nDEU,cars,100000,2024,s\nKOR,cars,80000,2024,s\n"
    ),
    "economy/mrio/shipment_facts.csv": (
        "origin,attribute,value,grade,source,note\nMEX,approved,true,D,s,\n"
        "MEX,us_content,0.4,D,s,\n"
    ),
    "economy/mrio/boards.csv": (
        "country,board,title,industry,prefixes,stated_usd,stated_year,source,note\n"
        "MEX,cars,Cars,cars,8703,44000000,2024,s,\n"
    ),
    "economy/plants.csv": (
        "site,title,firm,country,region,industry,jobs_low,jobs_central,jobs_high,us_share_low,"
        "us_share_central,us_share_high,fixed_share_low,fixed_share_central,fixed_share_high,grade,"
        "source,note\n"
        "plant,Plant,Firm,MEX,Puebla,cars,90,100,110,0.5,0.6,0.7,0.05,0.1,0.15,D,s,\n"
    ),
    "economy/markets.csv": "market,title,sector,importer,note\ncars,Cars,cars,USA,\n",
    "economy/market_flows.csv": (
        "market,exporter,importer,value_musd,year,grade,source\n"
        "cars,USA,USA,600,2022,B,s\ncars,USA,DEU,50,2022,B,s\ncars,USA,KOR,20,2022,B,s\n"
        "cars,DEU,USA,100,2022,B,s\ncars,DEU,DEU,400,2022,B,s\ncars,DEU,KOR,30,2022,B,s\n"
        "cars,KOR,USA,80,2022,B,s\ncars,KOR,DEU,40,2022,B,s\ncars,KOR,KOR,200,2022,B,s\n"
    ),
    "economy/labour.csv": (
        "country,industry,jobs_low,jobs_central,jobs_high,grade,source,note\n"
        "MEX,cars,20,25,30,C,s,\nKOR,cars,8,9,10,C,s,\nUSA,cars,6,7,8,C,s,\n"
    ),
    "parameters.yaml": """
        parameters:
          - {id: pass_through, title: P, unit: share, low: 0.2, central: 0.5, high: 0.8, grade: C, source: s}
          - {id: border_price_share, title: B, unit: share, low: 0.6, central: 0.8, high: 1, grade: C, source: s}
          - {id: demand_elasticity, title: D, unit: "1", low: -3, central: -2, high: -1, grade: C, source: s}
          - {id: route_elasticity, title: R, unit: "1", low: 1, central: 2, high: 3, grade: C, source: s}
          - {id: net_cost_share, title: N, unit: "1", low: 0.8, central: 0.9, high: 1, grade: D, source: s}
          - {id: resourcing_premium, title: S, unit: "1", low: 0, central: 0.1, high: 0.2, grade: D, source: s}
          - {id: consignment_usd, title: C, unit: USD, low: 10000, central: 100000, high: 1000000, grade: D, source: s}
          - {id: employment_elasticity, title: E, unit: "1", low: 0.5, central: 0.7, high: 1, grade: C, source: s}
          - {id: exporter_absorption, title: A, unit: share, low: 0.2, central: 0.4, high: 0.8, grade: C, source: s}
          - {id: exchange_pass_through, title: X, unit: share, low: 0.2, central: 0.2, high: 0.2, grade: C, source: s}
          - {id: currency_offset, title: O, unit: share, low: 0, central: 0, high: 0.2, grade: C, source: s}
          - {id: export_supply_elasticity, title: U, unit: "1", low: 2, central: 8, high: 32, distribution: lognormal, grade: C, source: s}
          - {id: contribution_margin, title: M, unit: share, low: 0.1, central: 0.2, high: 0.3, grade: C, source: s}
          - {id: category_elasticity, title: T, unit: "1", low: -1, central: -0.5, high: -0.2, grade: C, source: s}
          - {id: outside_share, title: W, unit: share, low: 0.7, central: 0.8, high: 0.9, grade: C, source: s}
          - {id: rest_price_response, title: V, unit: share, low: 0, central: 0.5, high: 1, grade: C, source: s}
          - {id: origin_elasticity, title: G, unit: "1", low: 2, central: 3, high: 4, grade: C, source: s}
          - {id: domestic_supply_elasticity, title: H, unit: "1", low: 2, central: 3, high: 4, grade: C, source: s}
          - {id: adjustment_years, title: Y, unit: years, low: 2, central: 3, high: 4, grade: C, source: s}
          - {id: deal_discount_rate, title: I, unit: share, low: 0.02, central: 0.04, high: 0.06, grade: D, source: s}
          - {id: deal_trade_growth, title: J, unit: share, low: 0, central: 0, high: 0, grade: D, source: s}
          - {id: deal_value_kept, title: K, unit: share, low: 0.2, central: 0.3, high: 0.4, grade: D, source: s}
          - {id: deal_purchase_premium, title: L, unit: share, low: 0, central: 0, high: 0.1, grade: D, source: s}
    """,
    "sources.csv": "source_id,title,publisher,date,address,note\ns,Source,Us,2026,,\n",
    "scenarios/tariff.yaml": """
        id: tariff
        title: A tariff
        question: What does it do?
        baseline: {effective_on: 2025-01-15}
        law_on: {effective_on: 2025-12-15}
    """,
    "sweeps/grid.yaml": """
        id: grid
        title: Grid
        scenario: tariff
        dimensions:
          - {action: us-cars, clause: usmca, values: [0, 0.1, 0.25]}
          - {parameter: pass_through, values: [0, 1]}
    """,
}


RELIEF = "rates: {us-cars/usmca: 0.1}\n"
PACT = """\
id: pact
title: A pact
question: What does the relief bring?
party: MEX
instead: tariff
under: relief
investments: []
probability: {low: 0.8, central: 0.9, high: 1, grade: D, source: s}
first_year: 2026
horizon_years: 3
"""
"""A deal that asks for nothing, in the form of ``data/raw/deals``."""


def write(root, **changes):
    """Write the folder under ``root``; ``changes`` maps names to pairs (old text, new text).

    A change's name is the file's path with ``/`` and ``.`` as ``__``.
    """
    for name, text in FILES.items():
        key = name.replace("/", "__").replace(".", "__")
        text = textwrap.dedent(text)
        if key in changes:
            old, new = changes.pop(key)
            assert old in text, f"{name} does not hold {old!r}"
            text = text.replace(old, new)
        path = root / "raw" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert not changes, f"no such file: {changes}"
    return root
