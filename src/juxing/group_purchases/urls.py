"""Addresses of this room's pages: ``g/`` for neighbours, ``group-purchases/`` for those who run them."""

from django.urls import path

from juxing.group_purchases.pages import chains, desk, handing_out, money, orders, preparing, public, sheets

app_name = "group_purchases"
urlpatterns = [
    path("g/phone/", public.prove, name="prove"),
    path("g/phone/code/", public.prove_code, name="prove_code"),
    path("g/mine/", public.mine, name="mine"),
    path("g/mine/<uuid:uuid>/", public.open_mine, name="open_mine"),
    path("g/<uuid:uuid>/", public.sign, name="sign"),
    path("g/<uuid:uuid>/order/", public.order, name="order_here"),
    path("g/o/<str:token>/", public.own, name="own"),
    path("g/o/<str:token>/change/", public.change, name="change_own"),
    path("g/o/<str:token>/<slug:what>/", public.answer, name="answer_own"),
    path("group-purchases/", desk.purchases, name="list"),
    path("group-purchases/new/", preparing.prepare, name="prepare"),
    path("group-purchases/<uuid:uuid>/", desk.purchase, name="purchase"),
    path("group-purchases/<uuid:uuid>/supplier/", desk.supplier_sheet, name="supplier_sheet"),
    path("group-purchases/<uuid:uuid>/change/", preparing.change, name="change"),
    path("group-purchases/<uuid:uuid>/buildings/", preparing.buildings, name="buildings"),
    path("group-purchases/<uuid:uuid>/bearers/", preparing.bearers, name="bearers"),
    path("group-purchases/<uuid:uuid>/packages/new/", preparing.add_package, name="add_package"),
    path("group-purchases/<uuid:uuid>/packages/<uuid:package>/", preparing.package, name="package"),
    path(
        "group-purchases/<uuid:uuid>/packages/<uuid:package>/remove/", preparing.remove_package, name="remove_package"
    ),
    path("group-purchases/<uuid:uuid>/times/new/", preparing.add_slot, name="add_slot"),
    path("group-purchases/<uuid:uuid>/times/<uuid:slot>/remove/", preparing.remove_slot, name="remove_slot"),
    path("group-purchases/<uuid:uuid>/arrival/", desk.arrival, name="arrival"),
    path("group-purchases/<uuid:uuid>/cancel/", desk.cancel, name="cancel"),
    path("group-purchases/<uuid:uuid>/reopen/", desk.reopen, name="reopen"),
    path("group-purchases/<uuid:uuid>/step/<slug:what>/", desk.step, name="step"),
    path("group-purchases/<uuid:uuid>/orders/", orders.orders, name="orders"),
    path("group-purchases/<uuid:uuid>/orders/new/", orders.enter, name="enter"),
    path("group-purchases/<uuid:uuid>/orders/import/", sheets.import_orders, name="import"),
    path("group-purchases/<uuid:uuid>/orders/export/", sheets.export_orders, name="export_orders"),
    path("group-purchases/<uuid:uuid>/totals/export/", sheets.export_totals, name="export_totals"),
    path("group-purchases/<uuid:uuid>/orders/<uuid:order>/", orders.order, name="order"),
    path("group-purchases/<uuid:uuid>/orders/<uuid:order>/<slug:what>/", orders.act, name="order_act"),
    path("group-purchases/<uuid:uuid>/chains/", chains.chains, name="chains"),
    path("group-purchases/<uuid:uuid>/chains/<uuid:chain>/", chains.chain, name="chain"),
    path("group-purchases/<uuid:uuid>/chains/<uuid:chain>/<slug:what>/", chains.act, name="chain_act"),
    path("group-purchases/<uuid:uuid>/money/", money.money, name="money"),
    path("group-purchases/<uuid:uuid>/money/<slug:what>/", money.act, name="money_act"),
    path("group-purchases/<uuid:uuid>/money/<uuid:entry>/take-back/", money.take_back, name="take_back_money"),
    path("group-purchases/<uuid:uuid>/packing/", handing_out.packing, name="packing"),
    path("group-purchases/<uuid:uuid>/packing/print/", handing_out.packing_print, name="packing_print"),
    path("group-purchases/<uuid:uuid>/assign/", handing_out.assign, name="assign"),
    path("group-purchases/<uuid:uuid>/hand-out/", handing_out.hand_out, name="hand_out"),
    path("group-purchases/<uuid:uuid>/hand-out/<uuid:order>/<slug:what>/", handing_out.tick, name="tick"),
]
